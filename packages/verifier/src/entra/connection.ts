/** One `(tid, aud)` whose access tokens are accepted, and what they must carry. */
export interface EntraConnection {
  readonly teamspaceId: string
  /** Name of the cloud, a key of the clouds given to the verifier. Never inferred from a token. */
  readonly cloud: string
  /** Entra tenant (directory) GUID, lower case. */
  readonly tenantId: string
  /** The API's client id (v2 access tokens carry the GUID), lower case. */
  readonly audience: string
  /** A word that `scp` must contain; null asks only that `scp` or an accepted role is there. */
  readonly requiredScope: string | null
  /** App roles that admit an app-only token. Empty: app-only tokens are refused. */
  readonly acceptedRoles?: readonly string[]
  /** `azp` values that are accepted. Empty: any client of the tenant. */
  readonly allowedClients?: readonly string[]
  /** Use the key set of this app (`?appid=`), for apps with custom signing keys. */
  readonly signingKeysAppId?: string
}

/**
 * Where connections come from. Three answers: found, `undefined` for authoritatively absent,
 * and a thrown `VerificationFault` for "could not tell".
 */
export interface EntraConnectionSource {
  find(tenantId: string, audience: string): EntraConnection | undefined | Promise<EntraConnection | undefined>
}
