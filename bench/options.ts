import { parseArgs } from 'node:util'

export const ROWS = [
  'nginx',
  'haproxy',
  'haproxy-jwt',
  'node',
  'gate',
  'gate-ruled',
  'gate-fresh',
  'gate-other',
] as const
export type RowName = (typeof ROWS)[number]

/** What `--only` may name: the rows, and what is measured without a proxy. */
export const PARTS = [...ROWS, 'decisions'] as const
export type Part = (typeof PARTS)[number]

export interface Options {
  /** How often each proxy is started anew: two processes of one program differ by as much as a tenth. */
  readonly starts: number
  /** Of each start. */
  readonly rounds: number
  readonly seconds: number
  readonly streams: number
  readonly only: readonly Part[]
  readonly json: string | undefined
  readonly profile: boolean
  /** The Node binary that runs the Node rows: to compare two releases with the same load. */
  readonly node: string
  /** A checkout whose gate is a row, too: to compare two commits in the same rounds. */
  readonly other: string | undefined
}

export const HELP = `npm run bench -- [options]
  --starts N     how often each proxy is started anew (3): processes of one program differ by as much as a tenth
  --rounds N     interleaved rounds of each start (3)
  --seconds S    measured seconds for each row in a round (3)
  --streams N    idle event streams to hold open (5000)
  --quick        one start, 3 rounds of 1 second, 1000 streams
  --only a,b     some of: ${PARTS.join(', ')}
  --other FOLDER also measure the gate of another checkout, as gate-other
  --node FILE    run the Node rows with another Node binary
  --json FILE    also write every number
  --profile      instead of measuring: where the gate (or the bare proxy, with --only node or gate-ruled) spends its time`

export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      starts: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      streams: { type: 'string' },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      node: { type: 'string', default: process.execPath },
      other: { type: 'string' },
      json: { type: 'string' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const usual = values.quick
    ? { starts: 1, rounds: 3, seconds: 1, streams: 1000 }
    : { starts: 3, rounds: 3, seconds: 3, streams: 5000 }
  return {
    starts: numberIn('starts', values.starts, usual.starts, 1, 100),
    rounds: numberIn('rounds', values.rounds, usual.rounds, 1, 100),
    seconds: numberIn('seconds', values.seconds, usual.seconds, 0.2, 60),
    streams: numberIn('streams', values.streams, usual.streams, 0, 20_000),
    only: values.only === undefined ? PARTS : values.only.split(',').map(toPart),
    other: values.other,
    json: values.json,
    profile: values.profile,
    node: values.node,
  }
}

function toPart(name: string): Part {
  const part = PARTS.find((known) => known === name.trim())
  if (!part) throw new Error(`--only: there is no row "${name}", only ${PARTS.join(', ')}`)
  return part
}

function numberIn(name: string, text: string | undefined, usual: number, min: number, max: number): number {
  if (text === undefined) return usual
  const value = Number(text)
  if (!(value >= min && value <= max)) throw new Error(`--${name} must be a number from ${min} to ${max}`)
  return value
}
