/** What asking an identity provider about a connection showed. */
export type ConnectionTest =
  | { readonly outcome: 'ok'; readonly issuer: string; readonly keyCount: number }
  | { readonly outcome: 'ok'; readonly cluster: string; readonly asked: readonly ('oidc' | 'tokenreview')[] }
  | { readonly outcome: 'unknown_tenant'; readonly says: string }
  | { readonly outcome: 'issuer_mismatch'; readonly expected: string; readonly presented: string }
  | { readonly outcome: 'unreachable'; readonly says: string }
