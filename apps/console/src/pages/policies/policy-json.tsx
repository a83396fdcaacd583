import { Alert, JsonInput, List, Stack } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { isSame } from './policy.ts'
import type { PolicyCheck } from './use-policy-check.ts'
import type { PolicyDraft } from './use-policy-draft.ts'

const print = (document: unknown): string => JSON.stringify(document, null, 2)

function parse(text: string): { readonly document: unknown } | undefined {
  try {
    return { document: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

/** The document itself. What is no JSON stays in the field, and changes nothing. */
export function PolicyJson({ draft, check }: { readonly draft: PolicyDraft; readonly check: PolicyCheck }) {
  const { manages } = useTeamspace()
  const [text, setText] = useState(() => print(draft.document))
  const [known, setKnown] = useState(draft.document)
  if (!isSame(known, draft.document)) {
    setKnown(draft.document)
    setText(print(draft.document))
  }
  const write = (written: string) => {
    setText(written)
    const parsed = parse(written)
    if (!parsed) return
    setKnown(parsed.document)
    draft.change(parsed.document)
  }
  const isJson = parse(text) !== undefined
  return (
    <Stack gap="sm">
      <JsonInput
        label="Policy"
        description="The document that the API takes and gives; docs/policies.md describes each member"
        value={text}
        onChange={write}
        readOnly={!manages}
        autosize
        minRows={12}
        maxRows={32}
        error={isJson ? undefined : 'This is no JSON yet; the policy stays as it was before'}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
        spellCheck={false}
      />
      {isJson && check.errors.length > 0 && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="It cannot be saved so" role="status">
          <List size="sm">
            {check.errors.map(({ path, says }) => (
              <List.Item key={`${path} ${says}`}>
                <span className="mono">{path === '' ? 'the policy' : path}</span> {says}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  )
}
