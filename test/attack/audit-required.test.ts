import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { verifyChainPage } from '../../apps/sallyport/src/audit/verify-chain.ts'
import type { ChainPlace } from '../../apps/sallyport/src/audit/verify-chain.ts'
import { openStore } from '../../apps/sallyport/src/store/store.ts'
import type { Store } from '../../apps/sallyport/src/store/store.ts'
import { freshFile } from '../support/each-store.ts'
import { freePort } from '../support/free-port.ts'
import { freshDatabase } from '../support/postgres.ts'
import { startRecordingUpstream } from '../support/recording-upstream.ts'
import type { RecordingUpstream } from '../support/recording-upstream.ts'
import { TEST_SALLYPORT_KEY } from '../support/sealing-key.ts'

const PROGRAM = fileURLToPath(new URL('../support/gate-child-process.ts', import.meta.url))

let upstream: RecordingUpstream
before(async () => {
  upstream = await startRecordingUpstream()
})
after(() => upstream.close())

interface Answered {
  readonly status: number
  readonly requestId: string
}

/** The gate in a process of its own, over `url`. */
async function startChild(url: string) {
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const config = `publicUrl: http://127.0.0.1:${publicPort}
listen: { public: 127.0.0.1:${publicPort}, admin: 127.0.0.1:${adminPort} }
audit: { mode: required }
servers:
  open: { path: /open/mcp, upstream: ${upstream.url}, auth: None, outbound: { kind: none } }
  closed: { path: /closed/mcp, upstream: ${upstream.url}, auth: Token, outbound: { kind: none } }
`
  const env = { ...process.env, DATABASE_URL: url, GATE_CONFIG: config }
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const exited = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), exited.then(() => assert.fail('the gate did not start'))])
  return {
    port: publicPort,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

const BODY = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo', arguments: {} } })

/** One call; answered as soon as a status line is there, whatever comes after it. */
function call(port: number, path: string, agent: Agent): Promise<Answered | undefined> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', headers, agent }, (response) => {
      resolve({ status: response.statusCode!, requestId: String(response.headers['x-request-id']) })
      response.on('error', () => undefined).resume()
    })
    sent.on('error', () => resolve(undefined)).end(BODY)
  })
}

/** Callers that go on until the gate is killed. */
async function round(url: string): Promise<Answered[]> {
  const child = await startChild(url)
  const agent = new Agent({ keepAlive: true })
  const answered: Answered[] = []
  const callers = Array.from({ length: 16 }, async (_, index) => {
    for (;;) {
      const answer = await call(child.port, index % 3 === 0 ? '/closed/mcp' : '/open/mcp', agent)
      if (!answer) return
      answered.push(answer)
    }
  })
  const has = (wanted: number) => answered.some(({ status }) => status === wanted)
  const deadline = Date.now() + 10_000
  while (!(has(200) && has(401)) && Date.now() < deadline) await sleep(2)
  await sleep(Math.random() * 100)
  await child.kill()
  await Promise.all(callers)
  agent.destroy()
  assert.ok(has(200) && has(401), 'allowed and refused calls were answered')
  return answered
}

async function assertRecorded(store: Store, answered: readonly Answered[]): Promise<void> {
  const rows = await store.db.selectFrom('audit').select(['id', 'kind']).execute()
  const kept = new Map(rows.map(({ id, kind }) => [id, kind]))
  for (const { status, requestId } of answered) {
    assert.ok(status === 200 || status === 401, `status ${status}`)
    const announced = kept.get(requestId.replace(/^(.{14})7/, '$18')) === 'attempt'
    assert.ok(
      status === 200 ? announced : kept.get(requestId) === 'call',
      `${requestId}, answered ${status}, has no row`,
    )
  }
}

async function assertWhole(store: Store): Promise<void> {
  const chains = await store.db.selectFrom('audit_chain').select('teamspace_id as id').execute()
  assert.ok(chains.length > 0)
  for (const { id } of chains) {
    for (let after: ChainPlace = { seq: 0, hash: '' }, isWhole = false; !isWhole;) {
      const page = await verifyChainPage(store, id, { after, limit: 1_000 })
      assert.equal(page.problem, undefined)
      after = page.place
      isWhole = page.isWhole
    }
  }
}

async function killRounds(fresh: typeof freshDatabase, rounds: number): Promise<number> {
  const { url, drop } = await fresh()
  const answered: Answered[] = []
  try {
    for (let done = 0; done < rounds; done++) {
      answered.push(...(await round(url)))
      const store = await openStore({ url, sealingKey: Buffer.from(TEST_SALLYPORT_KEY, 'base64') })
      try {
        await assertRecorded(store, answered)
        await assertWhole(store)
      } finally {
        await store.close()
      }
    }
  } finally {
    await drop()
  }
  return answered.length
}

test('B-27 20 kills of the gate under audit required leave no answered call without its row (SQLite)', async () => {
  const counts = await Promise.all(Array.from({ length: 4 }, () => killRounds(freshFile, 5)))
  assert.ok(
    counts.every((count) => count > 20),
    `${counts.join(', ')} answers`,
  )
})

test('B-27 4 kills of the gate under audit required leave no answered call without its row (Postgres)', async () => {
  assert.ok((await killRounds(freshDatabase, 4)) > 20)
})
