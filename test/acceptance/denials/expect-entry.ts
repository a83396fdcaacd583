import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { parseChallenge } from '../../../packages/verifier/test/auth-params.ts'
import { TERMS } from '../../../apps/sallyport/src/outcome/denial.ts'
import { FAULT_TERMS } from '../../../apps/sallyport/src/outcome/fault.ts'
import type { RawAnswer } from '../../support/raw-http.ts'
import type { Code, Entry } from './entry.ts'
import { ACME } from '../../support/gate.ts'
import { DOCS_URL, SENTINEL } from './world.ts'
import type { World } from './world.ts'

const denialsPage = readFileSync(new URL('../../../docs/denials.md', import.meta.url), 'utf8')
const WORDS: Readonly<Record<Code, { readonly says: string }>> = { ...FAULT_TERMS, ...TERMS }

/** Makes the call of an entry, and holds all that the gate says of it, in every place, against the entry. */
export async function expectEntry(world: World, entry: Entry): Promise<void> {
  let undo = await entry.arrange?.(world)
  const undoOnce = async () => {
    const work = undo
    undo = undefined
    await work?.()
  }
  try {
    const earlier = await world.countedCalls()
    const reached = world.upstream.seen.length
    const answer = await toAnswer(await entry.send(world))
    const later = await world.countedCalls()
    assert.equal(world.upstream.seen.length - reached, entry.reaches ?? 0, 'requests that the server behind saw')
    assertHead(world, entry, answer)
    assertBody(world, entry, answer)
    assert.deepEqual(risenBetween(earlier, later), { [seriesOf(entry)]: 1 })
    await undoOnce()
    const row = await assertRow(world, entry, answer)
    await assertDecision(world, entry, row)
  } finally {
    await undoOnce()
  }
}

export const isFault = (code: Code): boolean => !Object.hasOwn(TERMS, code)

/** By shape: a `Response` of another implementation is one as well. */
const toAnswer = async (response: Response | RawAnswer): Promise<RawAnswer> =>
  typeof response.body === 'string'
    ? (response as RawAnswer)
    : { status: response.status, headers: response.headers, body: await (response as Response).text() }

/** Of the connection and its bytes, not of the refusal. */
const OF_TRANSPORT = new Set(['connection', 'content-length', 'date', 'keep-alive', 'www-authenticate', 'x-request-id'])

function assertHead(world: World, entry: Entry, { status, headers, body }: RawAnswer): void {
  assert.equal(status, entry.status, body)
  const said = Object.fromEntries([...headers].filter(([name]) => !OF_TRANSPORT.has(name)))
  assert.deepEqual(said, { 'content-type': 'application/json', 'cache-control': 'no-store', ...entry.headers })
  assert.match(
    headers.get('x-request-id') ?? '',
    /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  )
  const field = headers.get('www-authenticate')
  if (!entry.challenge) return assert.equal(field, null)
  const { scheme, params } = parseChallenge(field ?? '')
  assert.equal(scheme, 'Bearer')
  const { error, ...others } = entry.challenge(world)
  const ofError = error && {
    error,
    error_description: WORDS[entry.code].says,
    error_uri: `${DOCS_URL}/denials.md#${entry.code}`,
  }
  assert.deepEqual(params, { ...others, ...ofError })
}

/** Every member of it, so that nothing of the policy, the caller or the identity provider can be in it. */
function assertBody(world: World, entry: Entry, { headers, body }: RawAnswer): void {
  const { code, rpc, challenge } = entry
  const about = { code, request_id: headers.get('x-request-id') }
  const { says } = WORDS[code]
  if (!rpc) {
    const error = isFault(code) ? 'temporarily_unavailable' : (challenge?.(world)['error'] ?? entry.error ?? code)
    return assert.deepEqual(JSON.parse(body), { error, error_description: says, ...about })
  }
  const named = rpc.target === undefined ? says : `${says}: ${rpc.target}`
  const error = { code: rpc.code, message: named, data: about }
  assert.deepEqual(JSON.parse(body), { jsonrpc: '2.0', id: rpc.id, error })
}

const seriesOf = ({ code, server = 'tools' }: Entry): string =>
  `sallyport_calls_total{server="${server}",decision="${isFault(code) ? 'fault' : 'denied'}",code="${code}"}`

function risenBetween(earlier: ReadonlyMap<string, number>, later: ReadonlyMap<string, number>) {
  const rises = [...later].map(([series, value]) => [series, value - (earlier.get(series) ?? 0)] as const)
  return Object.fromEntries(rises.filter(([, rise]) => rise !== 0))
}

async function assertRow(world: World, entry: Entry, { headers, status }: RawAnswer): Promise<any> {
  await world.sallyport.flushAudit()
  const { events } = await world.admin.must('GET', '/audit?limit=50')
  const requestId = headers.get('x-request-id')
  const rows = events.filter((event: any) => event.kind === 'call' && event.requestId === requestId)
  assert.equal(rows.length, 1, 'exactly one row')
  const [row] = rows
  const { server = 'tools', step } = entry
  assert.deepEqual(
    { decision: row.decision, rule: row.rule, status: row.status, server: row.server ?? 'none', step: row.step },
    { decision: isFault(entry.code) ? 'fault' : 'denied', rule: entry.code, status, server, step },
  )
  const { correlationId, ...detail } = row.detail ?? {}
  if (correlationId !== undefined) assert.match(correlationId, /^[0-9a-f-]{36}$/)
  assert.deepEqual(detail, entry.detail?.(world) ?? {})
  assertNothingSecret(world, row)
  return row
}

async function assertDecision(world: World, entry: Entry, row: any): Promise<void> {
  const { code, step, fix, status } = entry
  const view = await world.admin.must('GET', `/decisions/${row.requestId}`)
  const docs = `docs/denials.md#${code}`
  assert.deepEqual(
    { rule: view.rule, step: view.step, says: view.says, fix: view.fix, docs: view.docs, status: view.status },
    { rule: code, step, says: WORDS[code].says, fix, docs, status },
  )
  assert.ok(denialsPage.includes(`\n### ${code}\n`), `${docs} is no section`)
  const { expected, presented, required, ...others } = (entry.detail?.(world) ?? {}) as Record<string, unknown>
  assert.deepEqual([view.expected, view.presented], [expected ?? required, presented])
  const { correlationId: _id, ...detail } = view.detail ?? {}
  assert.deepEqual(detail, others)
  assertNothingSecret(world, view)
}

function assertNothingSecret({ sallyport }: World, told: unknown): void {
  const text = JSON.stringify(told)
  for (const secret of [ACME.gatewaySecret, SENTINEL, sallyport.operatorToken, 'of-the-operator', 'of-the-reviewer'])
    assert.ok(!text.includes(secret), text)
  assert.doesNotMatch(text, /\beyJ[\w-]{8}|mcpt_\w/)
}
