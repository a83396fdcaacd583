import type { TestContext } from 'node:test'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { GateOptions, TestGate } from '../../support/gate.ts'

/** One server that people and tokens may call alike. */
const TOKEN_SERVERS = (upstream: string) => `servers:
  context7:
    path: /context7/mcp
    upstream: ${upstream}
    auth: [EntraJwt, Token]
    outbound: { kind: none }
`

export interface TokenAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly body: any
}

/** The gate with Ada as owner of Acme, Ben as a developer of it, and Gus as owner of Globex. */
export async function startTokenGate(t: TestContext, options: GateOptions = {}) {
  const gate = await startGate({ servers: TOKEN_SERVERS, ...options })
  t.after(() => gate.close())
  for (const [{ slug }, person] of [
    [ACME, ACME.ada],
    [GLOBEX, GLOBEX.gus],
  ] as const) {
    await gate.admin.removeMember(slug, person.email)
    await gate.admin.addMember(slug, person, 'owner')
  }
  const [ada, ben, gus] = await Promise.all([
    gate.tokenFor(ACME.ada.email),
    gate.tokenFor(ACME.ben.email),
    gate.tokenFor(GLOBEX.gus.email, GLOBEX),
  ])
  const ask = askerOf(gate)
  const mint = async (accessToken: string | undefined, input: object = {}): Promise<any> => {
    const minted = await ask('POST', '', accessToken, { name: 'Claude Desktop', ...input })
    if (minted.status !== 201) throw new Error(`${minted.status} ${minted.text}`)
    return minted.body
  }
  return { gate, ask, mint, ada, ben, gus }
}

/** `/api/v1/mcp-tokens`, as a member's own script asks it. */
function askerOf({ adminUrl }: TestGate) {
  return async (
    method: string,
    path: string,
    credential: string | undefined,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<TokenAnswer> => {
    const response = await fetch(`${adminUrl}/api/v1/mcp-tokens${path}`, {
      method,
      headers: {
        ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? undefined : JSON.parse(text),
    }
  }
}

/** All that a caller sees of a refusal, but for the id of the request. */
export async function visible(response: Response): Promise<unknown> {
  const { request_id: _, ...body } = (await response.json()) as Record<string, unknown>
  const headers = [...response.headers].filter(([name]) => name !== 'x-request-id' && name !== 'date')
  return { status: response.status, headers, body }
}
