import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'

let gate: TestGate
before(async () => void (gate = await startGate()))
after(() => gate.close())

const header = 'email,object_id,role'
const csv = (...rows: string[]): string => [header, ...rows].join('\r\n')
const DEV = csv(`${ACME.dev.email},${ACME.dev.oid},`)

interface Sent {
  readonly query?: string
  readonly slug?: string
  readonly headers?: Readonly<Record<string, string>>
}

async function post(body: string | Buffer, { query = 'mode=each-row', slug = 'acme', headers = {} }: Sent = {}) {
  const response = await fetch(`${gate.adminUrl}/api/v1/teamspaces/${slug}/members/import?${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gate.sallyport.operatorToken}`, 'content-type': 'text/csv', ...headers },
    body,
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text }
}

const isJson = (text: string) => JSON.parse(text)

test('B-01 who is imported calls the gate at once, and is refused once removed', async () => {
  const token = await gate.tokenFor(ACME.dev.email)
  assert.equal((await gate.call(token)).status, 401)
  const tried = await post(DEV, { query: 'mode=dry-run' })
  assert.equal(isJson(tried.text).results[0].outcome, 'added')
  assert.equal((await gate.call(token)).status, 401)

  const { status, text, headers } = await post(DEV)
  assert.equal(status, 200)
  const report = isJson(text)
  assert.deepEqual(report.results, [{ line: 2, email: ACME.dev.email, outcome: 'added' }])
  assert.equal(report.id, headers.get('x-request-id'))
  assert.equal((await gate.call(token)).status, 200)
  const { events } = await gate.admin.must('GET', '/audit?teamspace=acme&limit=10')
  const [summary] = events.filter(({ action }: { action?: string }) => action === 'member.import')
  assert.deepEqual([summary.after.id, summary.after.added, summary.actor], [report.id, 1, 'operator'])

  await gate.admin.removeMember('acme', ACME.dev.email)
  assert.equal((await gate.call(token)).status, 401)
})

test('B-01 a file for one teamspace lets nobody into another', async () => {
  assert.equal(isJson((await post(DEV, { slug: 'globex' })).text).counts.added, 1)
  // The same object id, but in the Entra tenant of globex: of no use with a token of acme's.
  assert.equal((await gate.call(await gate.tokenFor(ACME.dev.email))).status, 401)
  await gate.admin.removeMember('globex', ACME.dev.email)
  assert.equal((await gate.call(await gate.tokenFor(GLOBEX.gus.email, GLOBEX))).status, 200)
})

test('B-01 JSON Lines tell each row, how far it is, and the end', async () => {
  const rows = Array.from({ length: 450 }, (_, index) => `lines${index}@acme.example,${randomUUID()},`)
  const { headers, text } = await post(csv(...rows), {
    query: 'mode=each-row',
    headers: { accept: 'application/jsonl, application/json;q=0.5' },
  })
  assert.equal(headers.get('content-type'), 'application/jsonl')
  const lines = text.trimEnd().split('\n').map(isJson)
  assert.deepEqual(
    lines.filter(({ progress }) => progress).map(({ progress }) => progress.done),
    [200, 400, 450],
  )
  assert.equal(lines.filter(({ outcome }) => outcome === 'added').length, 450)
  assert.equal(lines.at(-1).summary.counts.added, 450)
})

test('a request that is none of ours is refused with the reason, and nothing is written', async () => {
  const count = async () => (await gate.admin.must('GET', '/teamspaces/acme/members')).members.length
  const before = await count()
  const cases: [number, RegExp, string | Buffer, Sent][] = [
    [400, /"mode"/, DEV, { query: '' }],
    [400, /"mode"/, DEV, { query: 'mode=some' }],
    [400, /"forced"/, DEV, { query: 'mode=each-row&forced=1' }],
    [400, /given twice/, DEV, { query: 'mode=each-row&mode=dry-run' }],
    [415, /must be text\/csv/, DEV, { headers: { 'content-type': 'application/json' } }],
    [415, /must be UTF-8/, DEV, { headers: { 'content-type': 'text/csv; charset=iso-8859-1' } }],
    [404, /no such teamspace/, DEV, { slug: 'nobody' }],
    [400, /The file is empty/, '', {}],
    [400, /separated by semicolons/, DEV.replaceAll(',', ';'), {}],
    [413, /more than 10000 rows/, csv(...Array.from({ length: 10_001 }, () => 'x,y,')), {}],
    [413, /larger than 5 MiB/, Buffer.alloc(5 * 1024 * 1024 + 1, `${'x'.repeat(2_000)}\n`), {}],
    [401, /operator token/, DEV, { headers: { authorization: 'Bearer nobody' } }],
  ]
  for (const [status, says, body, sent] of cases) {
    const start =
      status === 413 && body.length > 1_000_000 ? Buffer.concat([Buffer.from(`${header}\n`), body as Buffer]) : body
    const answer = await post(start, sent)
    assert.deepEqual([answer.status, says.test(answer.text)], [status, true], answer.text.slice(0, 300))
    assert.equal(answer.headers.get('content-type'), 'application/problem+json')
  }
  assert.equal(await count(), before)
})

test('B-01 g the export is a download that the import takes back', async () => {
  const response = await fetch(`${gate.adminUrl}/api/v1/teamspaces/acme/members/export`, {
    headers: { authorization: `Bearer ${gate.sallyport.operatorToken}` },
  })
  assert.match(response.headers.get('content-type') ?? '', /^text\/csv; charset=utf-8/)
  assert.equal(response.headers.get('content-disposition'), 'attachment; filename="acme-members.csv"')
  const text = await response.text()
  assert.match(text, new RegExp(`^email,.*\r\n(.*\r\n)*${ACME.ada.email},${ACME.ada.oid},,,developer,entra:emulator:`))
  const { counts, rows } = isJson((await post(text, { query: 'mode=dry-run' })).text)
  assert.equal(counts.already + counts.updated, rows)
})

test('B-01 i whoever goes away meanwhile leaves whole chunks, and the same file completes them', async () => {
  const file = csv(...Array.from({ length: 3_000 }, (_, index) => `gone${index}@acme.example,${randomUUID()},`))
  const leaving = new AbortController()
  const response = await fetch(`${gate.adminUrl}/api/v1/teamspaces/acme/members/import?mode=each-row`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${gate.sallyport.operatorToken}`,
      'content-type': 'text/csv',
      accept: 'application/jsonl',
    },
    body: file,
    signal: leaving.signal,
  })
  const id = response.headers.get('x-request-id')
  for await (const chunk of response.body!) {
    assert.match(Buffer.from(chunk).toString(), /"outcome":"added"/)
    break
  }
  leaving.abort()
  const find = async () => {
    const { events } = await gate.admin.must('GET', '/audit?teamspace=acme&limit=1000')
    return events.find((event: any) => event.action === 'member.import' && event.after.id === id)
  }
  let ended = await find()
  for (let turn = 0; !ended && turn < 100; turn += 1) {
    await sleep(50)
    ended = await find()
  }
  assert.equal(ended.after.complete, false)
  assert.ok(ended.after.added > 0 && ended.after.added % 200 === 0 && ended.after.added < 3_000, ended.after.added)
  const { counts } = isJson((await post(file)).text)
  assert.deepEqual([counts.already, counts.added], [ended.after.added, 3_000 - ended.after.added])
})
