import { parseArgs } from 'node:util'

export const ROWS = ['nginx', 'haproxy', 'haproxy-jwt', 'node', 'gate', 'gate-fresh'] as const
export type RowName = (typeof ROWS)[number]

export interface Options {
  readonly rounds: number
  readonly seconds: number
  readonly streams: number
  readonly only: readonly RowName[]
  readonly json: string | undefined
  readonly profile: boolean
  /** The Node binary that runs the Node rows: to compare two releases with the same load. */
  readonly node: string
}

export const HELP = `npm run bench -- [options]
  --rounds N     interleaved rounds (9)
  --seconds S    measured seconds for each row in a round (3)
  --streams N    idle event streams to hold open (5000)
  --quick        3 rounds of 1 second, 1000 streams
  --only a,b     some of: ${ROWS.join(', ')}
  --node FILE    run the Node rows with another Node binary
  --json FILE    also write every number
  --profile      instead of measuring: where the gate (or the bare proxy, with --only node) spends its time`

export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      streams: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      node: { type: 'string', default: process.execPath },
      json: { type: 'string' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const usual = values.quick ? { rounds: 3, seconds: 1, streams: 1000 } : { rounds: 9, seconds: 3, streams: 5000 }
  return {
    rounds: numberIn('rounds', values.rounds, usual.rounds, 1, 100),
    seconds: numberIn('seconds', values.seconds, usual.seconds, 0.2, 60),
    streams: numberIn('streams', values.streams, usual.streams, 0, 20_000),
    only: values.only === undefined ? ROWS : values.only.split(',').map(toRowName),
    json: values.json,
    profile: values.profile,
    node: values.node,
  }
}

function toRowName(name: string): RowName {
  const row = ROWS.find((known) => known === name.trim())
  if (!row) throw new Error(`--only: there is no row "${name}", only ${ROWS.join(', ')}`)
  return row
}

function numberIn(name: string, text: string | undefined, usual: number, min: number, max: number): number {
  if (text === undefined) return usual
  const value = Number(text)
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be a number from ${min} to ${max}`)
  return value
}
