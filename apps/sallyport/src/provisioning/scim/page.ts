/** Which part of a list is asked for. */
export interface PageOf<Filter> {
  readonly filter?: Filter | undefined
  readonly offset: number
  readonly limit: number
}
