import type { Command } from 'commander'
import type { DecisionView } from '../audit/explain-decision.ts'
import { adminCommand } from './admin-command.ts'
import type { Terminal } from './terminal.ts'
import { wrap } from './wrap.ts'

export function explainCommand(program: Command, terminal: Terminal): void {
  adminCommand(
    program.command('explain <request-id>').description('why a call was answered as it was'),
    terminal,
    async (client, [requestId = '']) => {
      const view = await client.send<DecisionView>('GET', `/decisions/${encodeURIComponent(requestId)}`)
      return { lines: sayDecision(view), json: view }
    },
  )
}

const LABEL_WIDTH = 11
const WIDTH = 80

/** For people: the verdict first, then what it came from, in 80 columns. */
export function sayDecision(view: DecisionView): string[] {
  const { decision, step, rule, says, caller, call } = view
  const where = step === undefined ? '' : ` at ${step}`
  const verdict = { allowed: 'Allowed', denied: 'Denied', fault: 'Failed' }[decision] ?? decision
  return [
    `${verdict}${where}: ${rule}`,
    ...wrap(says, '', WIDTH),
    '',
    ...field('expected', view.expected),
    ...field('presented', view.presented),
    ...Object.entries(view.detail ?? {}).flatMap(([name, value]) => field(name, value)),
    ...field('dry run', view.dryRun),
    ...field('fix', view.fix),
    ...field('more', view.docs),
    '',
    ...field(
      'call',
      [call['server'], call['rpcMethod'], call['target']].filter((part) => part !== undefined).join(' '),
    ),
    ...field('caller', callerOf(caller)),
    ...field('teamspace', caller['teamspaceId']),
    ...field('client', caller['clientId']),
    ...field('claimed', caller['claimed']),
    ...field('exchange', view.exchange),
    ...field('answer', answerOf(view)),
    ...field('at', view.at),
    ...field('request', view.requestId),
    ...(view.isFinished ? [] : ['', 'Only its beginning is recorded: Sallyport may have stopped before the answer.']),
  ]
}

const callerOf = ({ email, principal, subject, issuer }: DecisionView['caller']): string =>
  [
    email ?? principal,
    subject !== undefined && `subject ${String(subject)}`,
    issuer !== undefined && `of ${String(issuer)}`,
  ]
    .filter((part) => part !== undefined && part !== false)
    .join(', ')

function answerOf({ status, upstreamStatus, durationMs }: DecisionView): string | undefined {
  if (status === undefined) return undefined
  const server = upstreamStatus === undefined ? '' : `, the server answered ${String(upstreamStatus)}`
  const time = typeof durationMs === 'number' ? `, after ${Math.round(durationMs)} ms` : ''
  return `${String(status)}${server}${time}`
}

function field(label: string, value: unknown): string[] {
  if (value === undefined || value === '') return []
  const text = Array.isArray(value) ? value.map(inline).join(' ') : inline(value)
  return wrap(text === '' ? 'nothing' : text, label.padEnd(LABEL_WIDTH), WIDTH)
}

/** In JSON no character moves the cursor, or looks like another line. */
const inline = (value: unknown): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(text) ? JSON.stringify(text).slice(1, -1) : text
}
