/** What a condition can ask about. */
export interface Facts {
  readonly principal: Readonly<Record<string, unknown>>
  readonly server: string
  readonly method: string
  readonly tool: string
  readonly args: Readonly<Record<string, unknown>>
  readonly request: { readonly address: string; readonly time: Date }
}
