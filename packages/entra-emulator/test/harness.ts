import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import {
  demoSeedUrl,
  loadSeed,
  startEmulator,
  type Emulator,
  type EmulatorOptions,
  type LoadedSeed,
} from '../src/index.ts'
import { decodeJwt, type JWTPayload } from 'jose'

/** A demonstration seed that a test may bend before the emulator starts. */
export async function demoSeed(bend: (seed: LoadedSeed) => void = () => {}): Promise<LoadedSeed> {
  const seed = await loadSeed(demoSeedUrl)
  bend(seed)
  return seed
}

export class Clock {
  nowMs = Date.parse('2030-06-15T12:00:00Z')
  readonly now = (): number => this.nowMs
  advance(seconds: number): void {
    this.nowMs += seconds * 1000
  }
}

export const CALLBACK = 'http://localhost:7777/callback'
export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export interface ErrorBody {
  error: string
  error_description: string
  error_codes: number[]
  suberror?: string
  claims?: string
  [member: string]: unknown
}
export interface TokenBody {
  access_token: string
  refresh_token?: string
  id_token?: string
  scope: string
  expires_in: number
  [member: string]: unknown
}

type Fields = Record<string, string | undefined>
const toSearch = (fields: Fields): URLSearchParams =>
  new URLSearchParams(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined))

/** A running emulator and the requests every test makes of it, over real HTTP. */
export class World {
  readonly emulator: Emulator
  readonly clock: Clock

  private constructor(emulator: Emulator, clock: Clock) {
    this.emulator = emulator
    this.clock = clock
  }

  static async start(bend?: (seed: LoadedSeed) => void, options: Partial<EmulatorOptions> = {}): Promise<World> {
    const clock = new Clock()
    const seed = await demoSeed(bend)
    return new World(await startEmulator({ seed, now: clock.now, ...options }), clock)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.emulator.close()
  }

  tenant(name = 'Acme') {
    const tenant = this.emulator.seed.tenants.find((candidate) => candidate.displayName === name)
    assert.ok(tenant)
    return tenant
  }

  app(displayName: string, tenant = 'Acme') {
    const app = this.tenant(tenant).apps.find((candidate) => candidate.displayName === displayName)
    assert.ok(app)
    return app
  }

  user(firstName: string, tenant = 'Acme') {
    const user = this.tenant(tenant).users.find((candidate) => candidate.displayName.startsWith(firstName))
    assert.ok(user)
    return user
  }

  url(path: string, tenant = 'Acme'): string {
    return `${this.emulator.url}/${this.tenant(tenant).id}${path}`
  }

  get gatewayScope(): string {
    return `${this.app('MCP Gateway').identifierUris[0]}/Mcp.Gateway.Access`
  }

  get apiScope(): string {
    return `${this.app('MCP API').identifierUris[0]}/.default`
  }

  authorizeUrl(fields: Fields = {}, tenant = 'Acme'): string {
    const all: Fields = {
      client_id: this.app('MCP Gateway', tenant).appId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: this.gatewayScope,
      state: 'state-1',
      prompt: 'none',
      login_hint: 'ada@acme.example',
      ...fields,
    }
    return this.url(`/oauth2/v2.0/authorize?${toSearch(all)}`, tenant)
  }

  authorize(fields: Fields = {}, init: RequestInit = {}): Promise<Response> {
    return fetch(this.authorizeUrl(fields), { redirect: 'manual', ...init })
  }

  /** The parameters that came back to the client. */
  async authorizeReply(fields: Fields = {}): Promise<Record<string, string>> {
    const response = await this.authorize(fields)
    assert.equal(response.status, 302, await response.clone().text())
    return Object.fromEntries(new URL(response.headers.get('location') ?? '').searchParams)
  }

  async code(fields: Fields = {}): Promise<{ code: string; verifier: string }> {
    const verifier = randomBytes(32).toString('base64url')
    const challenge = createHash('sha256').update(verifier).digest('base64url')
    const reply = await this.authorizeReply({ code_challenge: challenge, code_challenge_method: 'S256', ...fields })
    assert.ok(reply['code'], JSON.stringify(reply))
    return { code: reply['code'], verifier }
  }

  post(fields: Fields, { tenant = 'Acme', headers = {} }: { tenant?: string; headers?: Record<string, string> } = {}) {
    return fetch(this.url('/oauth2/v2.0/token', tenant), { method: 'POST', body: toSearch(fields), headers })
  }

  async redeem(fields: Fields = {}, authorizeFields: Fields = {}, headers: Record<string, string> = {}) {
    const { code, verifier } = await this.code(authorizeFields)
    const redirect_uri = authorizeFields['redirect_uri'] ?? CALLBACK
    const client_id = authorizeFields['client_id'] ?? this.app('MCP Gateway').appId
    return this.post(
      { grant_type: 'authorization_code', client_id, redirect_uri, code, code_verifier: verifier, ...fields },
      { headers },
    )
  }

  /** Tokens of a user for the gateway, as a client gets them. */
  async tokens(authorizeFields: Fields = {}): Promise<TokenBody> {
    return succeeded(await this.redeem({}, authorizeFields))
  }

  obo(assertion: string, fields: Fields = {}, options: { headers?: Record<string, string> } = {}): Promise<Response> {
    const gateway = this.app('MCP Gateway')
    return this.post(
      {
        grant_type: JWT_BEARER,
        client_id: gateway.appId,
        client_secret: gateway.secrets[0]?.value,
        assertion,
        scope: this.apiScope,
        requested_token_use: 'on_behalf_of',
        ...fields,
      },
      options,
    )
  }

  clientCredentials(displayName: string, scope: string, fields: Fields = {}): Promise<Response> {
    const client = this.app(displayName)
    const secret = client.secrets[0]?.value
    return this.post({
      grant_type: 'client_credentials',
      client_id: client.appId,
      client_secret: secret,
      scope,
      ...fields,
    })
  }
}

export async function succeeded(response: Response): Promise<TokenBody> {
  const body = (await response.json()) as TokenBody
  assert.equal(response.status, 200, JSON.stringify(body))
  return body
}

/** Asserts that the answer is this refusal, in Entra's shape. */
export async function refused(response: Response, code: number, error: string, status = 400): Promise<ErrorBody> {
  const body = (await response.json()) as ErrorBody
  assert.deepEqual([response.status, body.error, body.error_codes], [status, error, [code]], JSON.stringify(body))
  assert.match(body.error_description, new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Correlation ID: .+ Timestamp: .+Z$`))
  return body
}

export const claimsOf = (token: string): JWTPayload => decodeJwt(token)
