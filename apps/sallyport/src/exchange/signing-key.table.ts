import type { Selectable } from 'kysely'

/** What a key signs. Each purpose has keys of its own, so that no signature for one is worth anything for another. */
export type KeyPurpose = 'identity' | 'federation'

/** Keys that Sallyport signs with. Public halves are made from the private ones: who only writes here can publish none. */
export interface SigningKeyTable {
  purpose: KeyPurpose
  /** Counts up. In the primary key it lets replicas that replace a key at once agree on one successor. */
  generation: number
  kid: string
  /** PKCS #8, sealed with purpose and `kid`. */
  sealed_private_key: string
  created_at: number
  /** When it is published no more; null until it has a successor. */
  retires_at: number | null
}

export type SigningKeyRow = Selectable<SigningKeyTable>
