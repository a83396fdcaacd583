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
    }
  | { readonly outcome: 'ok'; readonly cluster: string; readonly asked: readonly ('oidc' | 'tokenreview')[] }
  | { readonly outcome: 'unknown_tenant'; readonly says: string }
  | { readonly outcome: 'issuer_mismatch'; readonly expected: string; readonly presented: string }
  | { readonly outcome: 'no_usable_keys'; readonly says: string }
  | { readonly outcome: 'unreachable'; readonly says: string }
