import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { answerInteraction } from './interaction.ts'
import { createMemoryAdapter } from './memory-adapter.ts'
import { createProvider, DEFAULT_SCOPES, pathOf } from './provider.ts'
import type { ProviderOptions } from './provider.ts'
import { createSigningKey } from './signing-key.ts'
import type { SigningKey } from './signing-key.ts'

export interface IdentityProviderOptions extends ProviderOptions {
  /** Its address, as tokens spell it; it may have a path. */
  readonly issuer: string
}

export interface IdentityProvider {
  readonly listener: RequestListener
  /** Another key under another name, in the key set and in use, at once: as in an emergency. */
  rotateKey(): void
  /** A token with exactly these claims, signed by the present key. */
  sign(payload: object, header?: object): string
}

/** An OpenID provider without a listener of its own. */
export function createIdentityProvider({ issuer, ...options }: IdentityProviderOptions): IdentityProvider {
  const adapter = createMemoryAdapter()
  let key: SigningKey
  let answer: RequestListener
  const rotateKey = () => {
    key = createSigningKey()
    answer = createListener(issuer, { ...options, adapter, jwk: key.jwk })
  }
  rotateKey()
  return {
    listener: (request, response) => answer(request, response),
    rotateKey,
    sign: (payload, header = {}) => key.sign(payload, header),
  }
}

function createListener(issuer: string, options: Parameters<typeof createProvider>[1]): RequestListener {
  const base = pathOf(issuer)
  const provider = createProvider(issuer, options)
  const callback = provider.callback()
  const deps = { provider, users: options.users, scopes: options.scopes ?? DEFAULT_SCOPES }

  return (request, response) => {
    const target = withoutInsertion(request.url!, base)
    if (!target.startsWith(`${base}/`)) return void response.writeHead(404).end()
    const own = target.slice(base.length)
    // oidc-provider tells by the two where it is mounted.
    Object.assign(request, { originalUrl: target, url: own })
    if (own.startsWith('/interaction/')) {
      answerInteraction(deps, request, response).catch((error: Error) =>
        response.writeHead(400, { 'content-type': 'text/plain' }).end(`${error.message}\n`),
      )
      return
    }
    if (/^\/auth(?:\?|$)/.test(own)) forgetSession(request, response)
    callback(request, response)
  }
}

/** Each sign-in asks anew: one browser is several people here, and none has to sign out before another. */
function forgetSession(request: IncomingMessage, response: ServerResponse): void {
  delete request.headers.cookie
  for (const name of ['_session', '_session.sig']) response.appendHeader('set-cookie', `${name}=; path=/; max-age=0`)
}

/** RFC 8414 §3.1: the well-known part of an issuer with a path stands before that path. */
function withoutInsertion(target: string, base: string): string {
  const inserted = /^\/\.well-known\/[a-z-]+/.exec(target)?.[0]
  return inserted !== undefined && base !== '' && target === inserted + base ? base + inserted : target
}
