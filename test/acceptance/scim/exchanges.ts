import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME, startGate } from '../../support/gate.ts'
import { freshFile } from '../../support/each-store.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { PATCH, scimClient } from '../../support/scim-client.ts'
import type { ScimAnswer, ScimClient } from '../../support/scim-client.ts'

/**
 * One request of an identity provider, and what it builds upon. `{name}` anywhere stands for the id that an earlier answer
 * was kept under. Queries are written as people read them.
 */
export interface Exchange {
  readonly says: string
  /** `GET /Users?filter=userName eq "one"` */
  readonly send: string
  readonly body?: object
  /** The body of a PATCH. */
  readonly operations?: readonly object[]
  /** Another credential than the token's; empty for none. */
  readonly authorization?: string
  readonly status: number
  /** What the answer shows at least: lists in any order but whole, `undefined` for what must not be there. */
  readonly shows?: object
  readonly keep?: string
}

export interface SequenceOptions {
  /** Added to the query of each request, as what stands behind the tenant URL of Entra is. */
  readonly flag?: string
  readonly token?: object
}

const ENGINES = [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const

/** The same conversation over real HTTP on both engines. */
export function sequence(title: string, exchanges: readonly Exchange[], { flag, token }: SequenceOptions = {}): void {
  for (const [engine, fresh] of ENGINES) {
    test(`${title} (${engine})`, async (t) => {
      const { url, drop } = await fresh()
      const gate = await startGate({ database: url })
      t.after(async () => {
        await gate.close()
        await drop()
      })
      const scim = await scimClient(gate, ACME.slug, token)
      const kept = new Map<string, string>()
      for (const exchange of exchanges) await carryOut(scim, filledIn(exchange, kept), { flag, kept })
    })
  }
}

/** RFC 7644 §3.12; without a `scimType` there must be none. */
export const error = (status: number, scimType?: string) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  status: String(status),
  scimType,
})

export const listOf = (...resources: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: resources.length,
  startIndex: 1,
  itemsPerPage: resources.length,
  Resources: resources,
})

function filledIn(exchange: Exchange, kept: ReadonlyMap<string, string>): Exchange {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => kept.get(name) ?? assert.fail(name))
  const fillAll = (value: unknown): unknown => {
    if (typeof value === 'string') return fill(value)
    if (Array.isArray(value)) return value.map(fillAll)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [fill(name), fillAll(each)]))
  }
  return fillAll(exchange) as Exchange
}

interface Conversation {
  readonly flag: string | undefined
  readonly kept: Map<string, string>
}

async function carryOut(scim: ScimClient, exchange: Exchange, { flag, kept }: Conversation): Promise<void> {
  const { says, send, operations, authorization, status, shows, keep } = exchange
  const [method = '', ...target] = send.split(' ')
  const body = operations ? { schemas: [PATCH], Operations: operations } : exchange.body
  const headers = authorization === undefined ? {} : { authorization }
  const answer = await scim.send(method, encoded(target.join(' '), flag), body, headers)
  const where = `${says}: ${send}\n${JSON.stringify(answer.body)}`
  assert.equal(answer.status, status, where)
  checkForm(scim, answer, where)
  if (shows) assert.ok(isShown(shows, answer.body), `${where}\nlacks some of ${JSON.stringify(shows)}`)
  if (keep) kept.set(keep, answer.body.id)
}

function encoded(target: string, flag: string | undefined): string {
  const [path = '', ...query] = target.split('?')
  const parts = query.join('?').split('&').filter(Boolean)
  const pairs = parts.map((part) => part.replace(/=(.*)$/s, (_, value: string) => `=${encodeURIComponent(value)}`))
  const all = [...(flag === undefined ? [] : [flag]), ...pairs]
  return all.length === 0 ? path : `${path}?${all.join('&')}`
}

/** What holds for each answer (RFC 7644 §3.1, §3.3, §3.12). */
function checkForm({ base }: ScimClient, { status, headers, body }: ScimAnswer, where: string): void {
  if (status === 204) return assert.equal(body, undefined, where)
  assert.equal(headers.get('content-type'), 'application/scim+json', where)
  if (status >= 400) return assert.ok(isShown({ schemas: error(status).schemas, status: String(status) }, body), where)
  if (status === 201) assert.equal(headers.get('location'), body.meta.location, where)
  if (body.meta?.resourceType === 'User') assert.equal(body.meta.location, `${base}/Users/${body.id}`, where)
}

function isShown(wanted: unknown, actual: any): boolean {
  if (Array.isArray(wanted)) return Array.isArray(actual) && areShown(wanted, actual)
  if (typeof wanted !== 'object' || wanted === null) return Object.is(wanted, actual)
  if (typeof actual !== 'object' || actual === null) return false
  return Object.entries(wanted).every(([name, each]) => isShown(each, actual[name]))
}

function areShown(wanted: readonly unknown[], actual: readonly unknown[]): boolean {
  const left = [...actual]
  for (const each of wanted) {
    const index = left.findIndex((one) => isShown(each, one))
    if (index === -1) return false
    left.splice(index, 1)
  }
  return left.length === 0
}
