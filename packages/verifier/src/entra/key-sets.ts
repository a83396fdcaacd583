import { BoundedMap } from '../bounded-map.ts'
import { KeySet, type KeySetOptions } from '../jwt/key-set.ts'
import type { SigningKey } from '../jwt/signing-key.ts'
import type { Awaitable } from '../when-ready.ts'
import { entraIssuer, entraKeysUrl, type EntraCloud } from './clouds.ts'

export interface EntraKeySets {
  find(cloud: EntraCloud, tenantId: string, appId: string | undefined, kid: string): Awaitable<SigningKey | undefined>
}

/** One key set a tenant (and app with keys of its own). Only tenants of a connection are ever asked for. */
export function createEntraKeySets(options: KeySetOptions, maxKeySets = 10_000): EntraKeySets {
  const keySets = new BoundedMap<KeySet>(maxKeySets)
  return {
    find(cloud, tenantId, appId, kid) {
      const url = entraKeysUrl(cloud, tenantId, appId)
      let keySet = keySets.get(url)
      if (!keySet) keySets.set(url, (keySet = new KeySet(url, options)))
      return keySet.find(kid)
    },
  }
}

/**
 * Entra's keys are shared by tenants; the `issuer` member says whose tokens a key may sign: a template that
 * stands for every tenant, or one concrete issuer. Keys without it (v1 endpoints) carry no such rule.
 */
export function mayKeySign(key: SigningKey, cloud: EntraCloud, tenantId: string): boolean {
  return key.issuer === undefined || key.issuer.replace('{tenantid}', tenantId) === entraIssuer(cloud, tenantId)
}
