import type { Command } from 'commander'

/** What all kinds are asked for. */
export interface SharedOptions {
  readonly audience?: string
  readonly scope?: string
  readonly allowedClient?: string[]
  readonly jit?: object
}

/** How one kind of connection is filled in on the command line. */
export interface KindOptions {
  /** Name of the kind, and of the flag that chooses it. */
  readonly kind: string
  /** Adds the options that no other kind has, its flag first. */
  addTo(command: Command): Command
  /** What the admin API is sent. Throws `CommandFailed`. */
  toInput(options: never): object | Promise<object>
}
