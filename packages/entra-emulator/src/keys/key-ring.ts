import type { KeyObject } from 'node:crypto'
import { createCertificate } from './certificate.ts'

export interface SigningKey {
  readonly kid: string
  readonly x5t: string
  readonly x5c: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** Only tokens of this issuer may use the key; undefined: any tenant's (`{tenantid}` in the key set). */
  readonly onlyTenantId?: string
}

/** The tenant of personal accounts. Its key stands in each key set, bound to its own issuer. */
export const PERSONAL_ACCOUNTS_TENANT_ID = '9188040d-6c67-4c5b-b112-36a304b66dad'

export interface KeyRing {
  /** The key that signs for this tenant now, or for one application of it that has keys of its own. */
  signing(tenantId: string, customAppId?: string): Promise<SigningKey>
  published(tenantId: string, customAppId?: string): Promise<readonly SigningKey[]>
  /** Any key ever made, also one that is no longer published. */
  findByKid(kid: string): SigningKey | undefined
  rotate(tenantId?: string, options?: { overlap?: boolean }): Promise<void>
}

async function createKey(name: string, nowMs: number, onlyTenantId?: string): Promise<SigningKey> {
  const { x5t, x5c, privateKey, publicKey } = await createCertificate(name, nowMs)
  // Entra's kid is the certificate's thumbprint.
  return { kid: x5t, x5t, x5c, privateKey, publicKey, ...(onlyTenantId !== undefined && { onlyTenantId }) }
}

/** Tenants share their keys, as in Entra: the issuer, not the key set, tells them apart. Rotating one tenant gives it keys of its own. */
export async function createKeyRing(now: () => number): Promise<KeyRing> {
  const made = new Map<string, SigningKey>()
  const sets = new Map<string, SigningKey[]>()
  const custom = new Map<string, Promise<SigningKey>>()

  const create = async (name: string, onlyTenantId?: string): Promise<SigningKey> => {
    const key = await createKey(name, now(), onlyTenantId)
    made.set(key.kid, key)
    return key
  }
  const [first, personal] = await Promise.all([
    create('accounts.emulator.example'),
    create('live.emulator.example', PERSONAL_ACCOUNTS_TENANT_ID),
  ])
  sets.set('', [first])

  const keysOf = (tenantId: string): SigningKey[] => sets.get(tenantId) ?? sets.get('') ?? []
  const customKey = (tenantId: string, appId: string): Promise<SigningKey> => {
    const id = `${tenantId} ${appId}`
    const key = custom.get(id) ?? create(`${appId}.emulator.example`)
    custom.set(id, key)
    return key
  }

  return {
    async signing(tenantId, customAppId) {
      if (customAppId !== undefined) return customKey(tenantId, customAppId)
      return keysOf(tenantId)[0] ?? first
    },
    async published(tenantId, customAppId) {
      const shared = [...keysOf(tenantId), personal]
      return customAppId === undefined ? shared : [await customKey(tenantId, customAppId), ...shared]
    },
    findByKid: (kid) => made.get(kid),
    async rotate(tenantId, { overlap = false } = {}) {
      const fresh = await create('accounts.emulator.example')
      const affected = tenantId === undefined ? ['', ...sets.keys()] : [tenantId]
      for (const id of new Set(affected)) sets.set(id, overlap ? [fresh, ...keysOf(id)] : [fresh])
    },
  }
}
