import type { Selectable } from 'kysely'

/** Keys that Sallyport signs with. Public halves are made from the private ones: who only writes here can publish none. */
export interface SigningKeyTable {
  /** Counts up. As the primary key it lets replicas that replace a key at once agree on one successor. */
  generation: number
  kid: string
  /** PKCS #8, sealed with the `kid`. */
  sealed_private_key: string
  created_at: number
  /** When it is published no more; null until it has a successor. */
  retires_at: number | null
}

export type SigningKeyRow = Selectable<SigningKeyTable>
