import { escapeUnseen } from '../audit/escape-unseen.ts'
import type { Config } from '../config/config.ts'
import type { ConfigFlags } from '../config/parse-config-file.ts'

/** What commands need of the world, as arguments, so that tests bring their own. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly loadConfig: (file: string, env: Terminal['env'], flags?: ConfigFlags) => Promise<Config>
  readonly fetch: typeof fetch
  readonly now: () => number
  /** All of standard input, for what must not be on a command line. */
  readonly readInput?: () => Promise<string>
  /** How wide it is, where there is a person to read it. */
  readonly columns?: number | undefined
  out(line: string): void
  err(line: string): void
}

/** The command could not do its work; the message is the one line that says why. */
export class CommandFailed extends Error {
  override readonly name = 'CommandFailed'
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** What a command did: one or two plain lines for people, or the same for programs. */
export interface Report {
  readonly lines: readonly string[]
  readonly json: unknown
  /** Set when the answer itself is bad news: the exit code then says so too. */
  readonly failure?: string
}

export function print(terminal: Terminal, { lines, json, failure }: Report, asJson: boolean): void {
  if (asJson) terminal.out(printable(JSON.stringify(json, undefined, 2)))
  else lines.forEach((line) => terminal.out(printable(line)))
  if (failure !== undefined) throw new CommandFailed(failure)
}

/** Names of tools, members and tokens are others' words, and a terminal obeys what is written to it. */
export const printable = (text: string): string => escapeUnseen(text, '\t\n')
