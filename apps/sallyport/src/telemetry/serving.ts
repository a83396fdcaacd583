/** What one configuration serves, for as long as it has calls. */
export interface Serving {
  readonly servers: readonly { readonly name: string; readonly modes: readonly string[] }[]
  readonly pools: ReadonlyMap<string, { readonly open: number }>
}
