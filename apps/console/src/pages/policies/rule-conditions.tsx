import { Code, Fieldset, Stack, TagsInput, Text, Textarea } from '@mantine/core'
import { Fragment } from 'react'
import type { RulePart } from './rule-part.ts'

const ASKS = [
  'args.…',
  'tool',
  'server',
  'method',
  'principal.role',
  'principal.groups',
  'principal.scopes',
  'principal.client_id',
  'request.address',
  'request.time',
]

export function RuleConditions({ rule, change, errorOf }: RulePart) {
  return (
    <Fieldset legend="On what condition">
      <Stack gap="md">
        <div>
          <Textarea
            label="When"
            description="A condition in CEL, checked as you type. Without one the rule holds always"
            placeholder={'!has(args.severity) || args.severity == "critical"'}
            autosize
            minRows={2}
            maxRows={8}
            maxLength={2_000}
            value={rule.when ?? ''}
            error={errorOf('when')}
            onChange={(event) => change({ when: event.currentTarget.value })}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          />
          <Text size="xs" c="dimmed" mt={6} component="div">
            It can ask about{' '}
            {ASKS.map((asked) => (
              <Fragment key={asked}>
                <Code fz="xs">{asked}</Code>{' '}
              </Fragment>
            ))}
            . Ask <Code fz="xs">has(args.x)</Code> before <Code fz="xs">args.x</Code>: a condition that fails counts
            against the caller.
          </Text>
        </div>
        {rule.effect === 'deny' && (
          <TagsInput
            label="Unless they have the scopes"
            description="Whoever has all of them is not concerned; others are asked to sign in for them"
            value={[...(rule.unless?.scopes ?? [])]}
            onChange={(scopes) => change({ unless: scopes.length > 0 ? { scopes } : undefined })}
            error={errorOf('unless')}
            splitChars={[',', ' ']}
            acceptValueOnBlur
          />
        )}
      </Stack>
    </Fieldset>
  )
}
