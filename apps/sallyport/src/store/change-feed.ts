/** What changed, so that caches can drop it. `everything` when a change may have been missed. */
export type Change =
  | {
      readonly kind: 'teamspace' | 'connection' | 'member' | 'mcp_token' | 'policy' | 'tools' | 'scim' | 'group_sync'
      readonly teamspaceId: string
    }
  | { readonly kind: 'everything' }

export interface ChangeFeed {
  /** Calls `listener` after every committed change, of this process and of others. Returns the way to stop. */
  subscribe(listener: (change: Change) => void): () => void
}
