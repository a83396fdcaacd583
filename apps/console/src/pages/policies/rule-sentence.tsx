import { Code, Text } from '@mantine/core'
import type { PolicyRule } from './policy.ts'
import { sayRule } from './rule-words.ts'
import type { Names, Word } from './rule-words.ts'

/** What a rule says, for people. */
export function RuleSentence({ rule, names }: { readonly rule: PolicyRule; readonly names: Names }) {
  return (
    <>
      <Text size="sm">
        {sayRule(rule, names).map((word, index) => (
          <Piece key={index} word={word} />
        ))}
      </Text>
      {rule.when !== undefined && (
        <Text size="sm" component="div" mt={4}>
          <Text span size="sm" c="dimmed">
            when{' '}
          </Text>
          <Code className="mono">{rule.when}</Code>
        </Text>
      )}
    </>
  )
}

const Piece = ({ word }: { readonly word: Word }) =>
  typeof word === 'string' ? word : <Code className="mono">{word.value}</Code>
