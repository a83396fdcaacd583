/** Who may sign in: by a password of ours, or as whom an identity provider vouches for. */
export interface ConsoleAccountTable {
  id: string
  /** `password`: the operator that a one-time link made. `federated`: known by issuer and subject. */
  kind: string
  /** A label, lower case. Whoever signs in by password is found by it. */
  email: string
  issuer: string | null
  subject: string | null
  password_hash: string | null
  created_at: number
  signed_in_at: number | null
}

/** One browser that is signed in. */
export interface ConsoleSessionTable {
  id: string
  /** SHA-256 of what the cookie holds: a copy of the database opens nothing. */
  secret_hash: string
  account_id: string
  created_at: number
  last_seen_at: number
  /** `password`, `link`, or the name of an identity provider. */
  way: string
  address: string | null
  agent: string | null
}

/** The one link that makes an operator, or gives one another password. */
export interface ConsoleLinkTable {
  name: string
  secret_hash: string
  /** Whose password it resets; null while there is no operator yet. */
  account_id: string | null
  expires_at: number
}
