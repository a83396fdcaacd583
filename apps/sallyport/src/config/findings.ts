/** Something that operators should know at start, and that stops nothing. */
export interface Notice {
  readonly level: 'info' | 'warn'
  /** Stable: alerts and tests go by it. */
  readonly code: string
  readonly message: string
}

/** What came to light while a configuration was resolved; any problem means that it cannot be used. */
export interface Findings {
  readonly problems: string[]
  readonly notices: Notice[]
}

/** What is wrong with the setting at a path of the file. */
export interface Problem {
  readonly path: readonly PropertyKey[]
  readonly message: string
}
