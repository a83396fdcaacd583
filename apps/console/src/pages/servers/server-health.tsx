import { Badge, Text } from '@mantine/core'
import { Time } from '../../ui/time.tsx'
import type { ServerHealth as Health } from './servers-queries.ts'

interface State {
  readonly label: string
  readonly color: string
}

/** The last that was heard of it was that it could not be reached, or did not answer. */
export const isDown = ({ lastAnswer, lastFault }: Health): boolean =>
  lastFault !== undefined && lastFault.at > (lastAnswer?.at ?? 0)

function stateOf(health: Health): State {
  const { lastAnswer, lastFault, recentErrors } = health
  if (!lastAnswer && !lastFault) return { label: 'Not called yet', color: 'gray' }
  if (isDown(health)) return { label: 'Not answering', color: 'red' }
  if (recentErrors > 0) return { label: 'Errors', color: 'yellow' }
  return { label: 'Answering', color: 'teal' }
}

export function HealthBadge({ health }: { readonly health: Health }) {
  const { label, color } = stateOf(health)
  return (
    <Badge component="span" variant="light" color={color}>
      {label}
    </Badge>
  )
}

const calls = (count: number) => `${count} open ${count === 1 ? 'call' : 'calls'}`
const streams = (count: number) => `${count} open ${count === 1 ? 'stream' : 'streams'}`
const errors = (count: number) => `${count} ${count === 1 ? 'error' : 'errors'} in the last 5 minutes`

/** As calls show it, since Sallyport started. */
export function HealthText({ health }: { readonly health: Health }) {
  const { openCalls, openStreams, recentErrors, lastAnswer, lastFault } = health
  return (
    <Text size="sm" component="div">
      {lastAnswer ? (
        <>
          Answered {lastAnswer.status} <Time at={lastAnswer.at} />
        </>
      ) : (
        'No answer since Sallyport started'
      )}
      {lastFault && (
        <>
          {' · '}
          <span className="mono">{lastFault.code}</span> <Time at={lastFault.at} />
        </>
      )}
      {` · ${[calls(openCalls), streams(openStreams), errors(recentErrors)].join(' · ')}`}
    </Text>
  )
}
