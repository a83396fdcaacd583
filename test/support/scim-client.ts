import type { TestGate } from './gate.ts'

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const MEMBERSHIP = 'urn:sallyport:params:scim:schemas:extension:membership:2.0:User'

export interface ScimAnswer {
  readonly status: number
  readonly body: any
  readonly headers: Headers
}

/** An identity provider that provisions a teamspace, by a token of its own. */
export async function scimClient(gate: Pick<TestGate, 'admin' | 'adminUrl'>, slug: string, settings: object = {}) {
  const created = await gate.admin.must('POST', `/teamspaces/${slug}/scim-tokens`, { name: 'Entra', ...settings })
  const base = `${gate.adminUrl}/scim/v2`
  const send = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${created.token}`,
        ...(body !== undefined && { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer: ScimAnswer = {
      status: response.status,
      body: text === '' ? undefined : JSON.parse(text),
      headers: response.headers,
    }
    return answer
  }
  return {
    base,
    token: created.token as string,
    tokenId: created.id as string,
    send,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers),
    list: (path: string, filter: string) => send('GET', `${path}?filter=${encodeURIComponent(filter)}`),
    post: (path: string, body: unknown) => send('POST', path, body),
    put: (path: string, body: unknown, headers?: Record<string, string>) => send('PUT', path, body, headers),
    delete: (path: string, headers?: Record<string, string>) => send('DELETE', path, undefined, headers),
    /** Operations as the client writes them. */
    patch: (path: string, operations: unknown, headers?: Record<string, string>) =>
      send('PATCH', path, { schemas: [PATCH], Operations: operations }, headers),
  }
}

export type ScimClient = Awaited<ReturnType<typeof scimClient>>
