import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { NO_CREDENTIAL } from '../support/entra-tokens.ts'
import { startRecordingUpstream } from '../support/recording-upstream.ts'
import type { Config } from '../../apps/sallyport/src/config/config.ts'

let gate: TestGate
let ada: string
before(async () => {
  gate = await startGate({ servers: NO_CREDENTIAL })
  ada = await gate.tokenFor(ACME.ada.email)
})
after(() => gate.close())

const withServer = (changes: Partial<Config['servers'][number]>): Config => ({
  ...gate.config,
  servers: gate.config.servers.map((server) => ({ ...server, ...changes })),
})

test('B-29 a call that is under way ends with the configuration that it came in with', async () => {
  const other = await startRecordingUpstream()
  try {
    const answers: (() => void)[] = []
    gate.upstream.answerWith((_seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      answers.push(() => response.end('data: the first server\n\n'))
    })
    const stream = await gate.call(ada)
    assert.deepEqual(await gate.sallyport.reload(withServer({ upstream: new URL(other.url) })), [])

    const next = await gate.call(ada)
    assert.equal(next.status, 200)
    assert.equal(other.seen.length, 1, 'the next call goes to the next server')
    answers.forEach((answer) => answer())
    assert.match(await stream.text(), /the first server/)
  } finally {
    gate.upstream.answerWith()
    await gate.sallyport.reload(gate.config)
    await other.close()
  }
})

test('B-29 a hundred calls during ten reloads: each is answered by one configuration or the other, none is lost', async () => {
  const open = withServer({})
  const closed = withServer({ roles: ['owner'] })
  const statuses: number[] = []
  const calls = Array.from({ length: 100 }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index % 20))
    const answer = await gate.call(ada)
    statuses.push(answer.status)
    await answer.body?.cancel()
  })
  for (let round = 0; round < 10; round++) {
    await gate.sallyport.reload(round % 2 === 0 ? closed : open)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(calls)
  assert.deepEqual(
    [...new Set(statuses)].sort().filter((status) => status !== 200),
    statuses.includes(403) ? [403] : [],
  )
  assert.equal(statuses.length, 100)
  assert.equal((await gate.call(ada)).status, 200)
})

test('B-29 changes in the database reach the configuration in force, and only that', async () => {
  await gate.sallyport.reload(withServer({}))
  await gate.admin.removeMember('acme', ACME.ada.email)
  assert.equal((await gate.call(ada)).status, 401)
  await gate.admin.addMember('acme', ACME.ada)
  assert.equal((await gate.call(ada)).status, 200)
})

test('what only a start can change keeps its value, and is named', async () => {
  const listen = { ...gate.config.listen, public: { host: '127.0.0.1', port: 1 } }
  assert.deepEqual(await gate.sallyport.reload({ ...gate.config, listen, database: 'sqlite:/nowhere/else.db' }), [
    'listen',
    'database',
  ])
  assert.equal((await gate.call(ada)).status, 200)
})
