import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { compactJws, issuerOf, NO_CREDENTIAL, testClock, userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { sendRaw, sendRequest, writeRequest } from '../support/raw-http.ts'
import { expectAllowed, expectRefusal } from '../support/refusals.ts'

const clock = testClock()
const fetched: string[] = []
let gate: TestGate
let ada: string
before(async () => {
  const counting: typeof fetch = (input, init) => (fetched.push(String(input)), fetch(input, init))
  gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL, fetch: counting })
  ada = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
})
after(() => gate.close())

const unsigned = (claims: unknown) => compactJws({ alg: 'RS256', kid: 'k' }, claims, () => Buffer.from('s'))
const send = (body: string) => () => gate.call(ada, { body })

async function inTime(milliseconds: number, run: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  await run()
  const took = performance.now() - begun
  assert.ok(took < milliseconds, `took ${Math.round(took)} ms`)
}

test('look-up flood: a thousand unknown audiences and tenants cost no request to anybody', async () => {
  const before = fetched.length
  for (let batch = 0; batch < 10; batch++) {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) => {
        const tid = i % 2 ? ACME.tenantId : randomUUID()
        const changes = { aud: randomUUID(), tid, iss: issuerOf(gate, tid) }
        return gate.call(unsigned(userClaims(gate, clock.seconds, changes)))
      }),
    )
    assert.ok(answers.every(({ status }) => status === 401))
  }
  assert.equal(fetched.length, before)
  await expectAllowed(gate, () => gate.call(ada))
})

test('slow bodies: without a credential no body is waited for, and the connection ends', async () => {
  const announced = writeRequest(gate.mcpUrl, {
    body: '',
    headers: [['content-length', '4000000']],
    without: ['content-length', 'connection'],
  })
  await inTime(5000, async () => {
    const answers = await sendRaw(gate.mcpUrl, announced, { waitMs: 6000 })
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers.get('connection')]),
      [[401, 'close']],
    )
  })
})

test('slow bodies: two hundred callers who never finish their message keep nobody else waiting', async () => {
  const { hostname, port } = new URL(gate.mcpUrl)
  const headers = [
    ['authorization', `Bearer ${ada}`],
    ['content-length', '1000'],
  ] as const
  const unfinished = writeRequest(gate.mcpUrl, { headers, body: '{', without: ['content-length', 'connection'] })
  const sockets = Array.from({ length: 200 }, () => connect(Number(port), hostname).on('error', () => {}))
  try {
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.write(unfinished, resolve))))
    await inTime(5000, () => expectAllowed(gate, () => gate.call(ada)))
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  const inTrail = async () => {
    await gate.sallyport.flushAudit()
    const { events } = await gate.admin.must('GET', '/audit?limit=1000')
    return events.filter(({ rule }: { rule: string }) => rule === 'client_gone').length as number
  }
  const begun = performance.now()
  while ((await inTrail()) < 200 && performance.now() - begun < 3000) await sleep(20)
  assert.equal(await inTrail(), 200, 'each is in the trail as what it was')
  assert.ok(!gate.logged.some((line) => line.includes('"internal"')), 'and none is an error of ours')
})

test('slow bodies: a message announced larger than allowed is refused before its first byte', async () => {
  const headers = [
    ['authorization', `Bearer ${ada}`],
    ['content-length', '999999999999'],
  ] as const
  const bytes = writeRequest(gate.mcpUrl, { headers, body: '', without: ['content-length', 'connection'] })
  await inTime(5000, () =>
    expectRefusal(gate, async () => (await sendRaw(gate.mcpUrl, bytes))[0]!, {
      status: 413,
      code: 'message_too_large',
    }),
  )
})

test('giant headers: more than 64 KiB, in one or in many, are answered 431', async () => {
  const many = Array.from({ length: 1500 }, (_, i) => [`x-${i}`, 'a'.repeat(60)] as const)
  for (const headers of [[['x-big', 'a'.repeat(66_000)]] as const, many]) {
    const [answer] = await sendRaw(gate.mcpUrl, writeRequest(gate.mcpUrl, { headers }))
    assert.equal(answer?.status, 431)
  }
  const [long] = await sendRaw(gate.mcpUrl, writeRequest(gate.mcpUrl, { target: `/${'a'.repeat(70_000)}` }))
  assert.equal(long?.status, 431)
})

const MEBI = 1024 * 1024
const costly: Readonly<Record<string, () => string>> = {
  'a hundred thousand members': () =>
    `{"jsonrpc":"2.0","id":1,"method":"x","params":{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":0`).join()}}}`,
  'three million escaped quotes': () =>
    `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"${'\\"'.repeat(1.5 * MEBI)}"}}`,
  'a run of backslashes': () => `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":"${'\\\\'.repeat(1.5 * MEBI)}"}}`,
  'a million small lists': () => `{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":[${'[],'.repeat(MEBI)}[]]}}`,
  'names of one prefix': () =>
    `{"jsonrpc":"2.0","id":1,"method":"x","params":{${Array.from({ length: 20 }, (_, i) => `"${'a'.repeat(100_000)}${i}":0`).join()}}}`,
  'names that are all escapes': () =>
    `{"jsonrpc":"2.0","id":1,"method":"x","params":{${Array.from({ length: 50_000 }, (_, i) => `"\\u0061${i}":0`).join()}}}`,
}
for (const [what, body] of Object.entries(costly)) {
  test(`costly JSON: ${what} are judged in time that grows with their size alone`, async () => {
    await inTime(5000, () => expectAllowed(gate, send(body())))
  })
}

test('costly JSON: a long number, or depth, is no way to stall or to crash', async () => {
  const deep = `${'{"a":'.repeat(300_000)}1${'}'.repeat(300_000)}`
  for (const [body, status] of [
    [`{"jsonrpc":"2.0","id":1,"method":"x","params":{"a":${'9'.repeat(MEBI)}}}`, 200],
    [`{"jsonrpc":"2.0","id":1,"method":"x","params":${deep}}`, 400],
    ['['.repeat(2 * MEBI), 400],
    [`{"jsonrpc":"2.0","id":1,"method":"${'x'.repeat(MEBI)}"}`, 400],
  ] as const) {
    await inTime(5000, async () => assert.equal((await gate.call(ada, { body })).status, status))
  }
})

test('costly forms: requests of nothing but different parameters, from anybody, hold nobody else up', async () => {
  const filler = Array.from({ length: 15_000 }, (_, i) => i.toString(36)).join('&')
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  await inTime(3000, async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, () =>
        fetch(`${gate.publicUrl}/token`, { method: 'POST', body: filler, headers: form }),
      ),
      ...Array.from({ length: 10 }, () => fetch(`${gate.publicUrl}/authorize?${filler.slice(0, 16_000)}`)),
    ])
    assert.ok(answers.every(({ status }) => status === 400))
  })
})

test('client gone: calls given up at any moment are no fault of ours and harm nobody', async () => {
  for (const waitMs of [0, 1, 2, 5]) {
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const abort = new AbortController()
        const call = gate.call(ada, { signal: abort.signal }).catch(() => undefined)
        await sleep(waitMs)
        abort.abort()
        await call
      }),
    )
  }
  assert.equal((await gate.call(ada)).status, 200)
  assert.ok(!gate.logged.some((line) => line.includes('"code":"internal"')), gate.logged.join(''))
})

test('a thousand calls without a credential at once are all refused, and the next good one passes', async () => {
  const answers = await Promise.all(Array.from({ length: 1000 }, () => gate.call(undefined)))
  assert.ok(answers.every(({ status }) => status === 401))
  await expectAllowed(gate, () => sendRequest(gate.mcpUrl, { headers: [['authorization', `Bearer ${ada}`]] }))
})

test('log flood: hanging up within a form leaves nothing in the log', async () => {
  const headers = [
    ['content-type', 'application/x-www-form-urlencoded'],
    ['content-length', '1000'],
  ] as const
  const unfinished = writeRequest(`${gate.publicUrl}/token`, {
    headers,
    body: 'grant_type=',
    without: ['content-type', 'content-length', 'connection'],
  })
  const before = gate.logged.length
  await Promise.all(Array.from({ length: 20 }, () => sendRaw(gate.publicUrl, unfinished, { waitMs: 100 })))
  await sleep(100)
  assert.deepEqual(gate.logged.slice(before), [])
})
