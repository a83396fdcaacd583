import type { ToolClass } from '../tools/tool-class.ts'

/** Whom a decision is about: an admitted caller whose credential proved something. */
export interface Subject {
  readonly kind: 'member' | 'mcp_token'
  /** Of the member, or of the one who holds the token; a teamspace's own token has none. */
  readonly memberId: string | undefined
  readonly tokenId: string | undefined
  /** Of the tokens in whose place this one came, by rotation: a rule about them is about it. */
  readonly replacedTokenIds?: readonly string[] | undefined
  readonly role: string
  /** The role of whoever holds the token, which deny rules look at too. */
  readonly holderRole: string | undefined
  /** Those that the presented ones imply included. */
  readonly scopes: ReadonlySet<string>
  /** App roles of the token. */
  readonly appRoles: readonly string[]
  /** `unknown` when nobody could say: then a rule that denies a group denies, and one that allows a group does not. */
  readonly groups: ReadonlySet<string> | 'unknown'
  readonly issuer: string | undefined
  readonly clientId: string | undefined
  /** Whether the caller could sign in again for more scopes. */
  readonly canStepUp: boolean
}

export type ActionKind = 'tool' | 'prompt' | 'resource' | 'protocol' | 'other'

/** Why servers may read arguments differently: all of them, or those of these names. */
export type Doubts = string | ReadonlyMap<string, string>

/** What the caller asks for: one message, or one entry of a list. */
export interface Action {
  readonly server: string
  /** `protocol` is what every session needs: lists, initialize, ping, notifications. */
  readonly kind: ActionKind
  readonly method: string
  /** Name of the tool or prompt, URI of the resource. */
  readonly target: string | undefined
  /** Of a tool; undefined when nothing is known of it, which counts as the worst. */
  readonly toolClass: ToolClass | undefined
  /** Undefined for an entry of a list, whose arguments are still to come. */
  readonly args: Readonly<Record<string, unknown>> | undefined
  /** Asked by conditions about arguments alone. */
  readonly doubts?: (() => Doubts | undefined) | undefined
  /** Size of the message, by which work on it is bounded. */
  readonly bytes: number
  /** Address of the caller and milliseconds since the epoch. */
  readonly request: { readonly address: string; readonly at: number }
}

export type Decision = Allowed | Refused

interface Decided {
  /** `rule NAME`, or `default` where no rule matched. */
  readonly by: string
  /** What the rules that are only tried out would have changed. */
  readonly dryRun?: string | undefined
}

export interface Allowed extends Decided {
  readonly allowed: true
}

export interface Refused extends Decided {
  readonly allowed: false
  /** Scopes that would have made it allowed, when the caller can get them. */
  readonly scopes?: readonly string[] | undefined
  /** A condition that could not be evaluated, in its own words. */
  readonly problem?: string | undefined
}
