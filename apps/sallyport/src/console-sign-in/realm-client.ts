import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
} from 'openid-client'
import type { ClientAuth, Configuration } from 'openid-client'
import { boundedFetch } from '../exchange/bounded-fetch.ts'
import type { Realm } from './realms.ts'

const TIMEOUT_SECONDS = 10
const MAX_ANSWER_BYTES = 256 * 1024
/** Endpoints and keys move seldom. */
const KEEP_MS = 60 * 60_000
/** An identity provider that is down is not asked with each attempt. */
const KEEP_FAILURE_MS = 3_000

/** The identity provider cannot be asked, or answers nonsense: nobody's doing here. */
export class RealmFault extends Error {
  override readonly name = 'RealmFault'
}

export type ClientOf = (realm: Realm) => Promise<Configuration>

/** OpenID Connect clients, each discovered when somebody first signs in: a start needs no identity provider. */
export function createClients({ fetch, now }: { fetch: typeof globalThis.fetch; now: () => number }): ClientOf {
  const clients = new Map<Realm, { readonly client: Promise<Configuration>; until: number }>()
  return (realm) => {
    const known = clients.get(realm)
    if (known && now() < known.until) return known.client
    const client = discover(realm, fetch)
    const entry = { client, until: now() + KEEP_MS }
    clients.set(realm, entry)
    client.catch(() => (entry.until = now() + KEEP_FAILURE_MS))
    return client
  }
}

async function discover(realm: Realm, fetcher: typeof globalThis.fetch): Promise<Configuration> {
  const { issuer, clientId } = realm
  const bounded = boundedFetch(fetcher, MAX_ANSWER_BYTES)
  try {
    // The issuer of the document is compared with the one that was asked for (OpenID Connect Discovery §4.3).
    return await discovery(new URL(issuer), clientId, undefined, authenticationOf(realm), {
      [customFetch]: bounded as never,
      timeout: TIMEOUT_SECONDS,
      execute: [
        enableNonRepudiationChecks, // signatures of ID tokens, too, though they come over TLS
        ...(issuer.startsWith('http:') ? [allowInsecureRequests] : []), // loopback only: the configuration sees to it
      ],
    })
  } catch (cause) {
    throw new RealmFault(`the metadata of ${issuer} cannot be had`, { cause })
  }
}

/** By what the identity provider says it takes; basic is the default (RFC 8414 §2). */
function authenticationOf({ kind, clientSecret }: Realm): ClientAuth {
  if (clientSecret === undefined) return None()
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)]
  if (kind === 'entra') return post
  return (server, ...rest) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    return methods.includes('client_secret_basic') ? basic(server, ...rest) : post(server, ...rest)
  }
}
