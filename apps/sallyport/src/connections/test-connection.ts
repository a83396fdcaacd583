/** What asking an identity provider about a connection showed. */
export type ConnectionTest =
  | {
      readonly outcome: 'ok'
      readonly issuer: string
      readonly keyCount: number
      /** OIDC: what the keys can sign, */
      readonly algorithms?: readonly string[]
      /** and what has to be set up at the issuer so that its tokens are accepted. */
      readonly advice?: readonly string[]
      /** Entra: what does not work, though nothing that the teamspace uses needs it. */
      readonly warnings?: readonly string[]
    }
  | { readonly outcome: 'ok'; readonly cluster: string; readonly asked: readonly ('oidc' | 'tokenreview')[] }
  | { readonly outcome: 'unknown_tenant'; readonly says: string }
  | { readonly outcome: 'issuer_mismatch'; readonly expected: string; readonly presented: string }
  | { readonly outcome: 'no_usable_keys'; readonly says: string }
  | { readonly outcome: 'unreachable'; readonly says: string }
  /** Entra: people would get in, but nobody would know their groups, which the teamspace goes by. */
  | { readonly outcome: 'groups_unavailable'; readonly says: string }

/** What the last test of a connection as it is saved showed. */
export interface LastTest {
  readonly at: number
  /** Who asked for it. */
  readonly by: string
  /** Whether the connection was changed since. */
  readonly isStale: boolean
  readonly result: ConnectionTest
}
