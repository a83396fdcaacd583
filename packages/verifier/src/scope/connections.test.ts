import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as after } from 'node:timers/promises'
import { test } from 'node:test'
import { startLoopback } from '../../test/loopback-server.ts'
import { bindPrincipal, currentPrincipal, withPrincipal, type Principal } from './principal.ts'

const CALLS = 200

const principalOf = (call: number): Principal => ({
  kind: 'stdio',
  teamspaceId: call % 2 ? 'team-a' : 'team-b',
  subject: `user-${call}`,
  scopes: [],
})
const here = () => `${currentPrincipal().teamspaceId}/${currentPrincipal().subject}`

type Read = () => void

/** Runs all calls at once; each reads who it is wherever its work takes it. */
async function readsOf(work: (read: Read, call: number) => Promise<void>) {
  const wrong: string[] = []
  let count = 0
  const calls = Array.from({ length: CALLS }, (_, call) =>
    withPrincipal(principalOf(call), () => {
      const own = here()
      return work(() => {
        count++
        if (here() !== own) wrong.push(`${own} ran as ${here()}`)
      }, call)
    }),
  )
  await Promise.all(calls)
  assert.throws(currentPrincipal)
  return { wrong, count }
}

/** Answers in two parts, late, so that calls interleave; counts the connections that it was ever given. */
async function startSlowServer() {
  const sockets = new Set<Socket>()
  const server = await startLoopback(async (req, res) => {
    sockets.add(req.socket)
    res.write('first ')
    await after(Math.random() * 3)
    res.end('second')
  })
  return { url: server.url, sockets, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test('S4-32 a pool of kept-alive connections: each call reads its own principal in every event of its answer', async () => {
  await using server = await startSlowServer()
  const agent = new Agent({ keepAlive: true, maxSockets: 3 })
  const { wrong, count } = await readsOf(async (read) => {
    const sent = request(server.url, { agent }).end()
    sent.on('socket', read)
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    read()
    response.on('data', read)
    await once(response, 'end')
    read()
  })
  agent.destroy()
  assert.deepEqual(wrong, [])
  assert.ok(count >= CALLS * 4)
  assert.equal(server.sockets.size, 3, 'the connections were shared')
})

test("S4-32 fetch, whose connections are pooled as well, keeps each call's principal through the body", async () => {
  await using server = await startSlowServer()
  const { wrong, count } = await readsOf(async (read, call) => {
    const response = await fetch(server.url)
    read()
    for await (const _part of response.body!) read()
    await after(call % 3)
    read()
  })
  assert.deepEqual(wrong, [])
  assert.ok(count >= CALLS * 3)
})

test('S4-32 streams: each chunk, its late acknowledgement and the end of a pipeline are those of the call', async () => {
  const { wrong, count } = await readsOf(async (read) => {
    const slow = new Transform({
      transform(chunk, _encoding, done) {
        read()
        setTimeout(() => {
          read()
          done(null, chunk)
        }, Math.random() * 2)
      },
      flush(done) {
        read()
        done()
      },
    })
    await pipeline(Readable.from(['a', 'b', 'c']), slow, async (parts: AsyncIterable<unknown>) => {
      for await (const _part of parts) read()
    })
    read()
  })
  assert.deepEqual(wrong, [])
  assert.equal(count, CALLS * 11)
})

/** One connection as a database driver has it: opened by whoever comes first, answers in the order of the questions. */
function connectLazily(port: number) {
  const waiting: (() => void)[] = []
  let socket: Socket | undefined
  const open = () => {
    const opened = connect(port, '127.0.0.1')
    opened.on('data', (bytes) => waiting.splice(0, bytes.length).forEach((answer) => answer()))
    return opened
  }
  return {
    ask(answer: () => void) {
      socket ??= open()
      waiting.push(answer)
      socket.write('?')
    },
    [Symbol.dispose]: () => void socket?.destroy(),
  }
}

async function startEcho() {
  const server = createServer((socket) => socket.pipe(socket))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}

test('S4-33 one connection that all calls share: a bound callback runs as its call, one that is not runs as a stranger', async () => {
  await using echo = await startEcho()
  using shared = connectLazily(echo.port)
  const bound = await readsOf(
    (read) =>
      new Promise((resolve) =>
        shared.ask(
          bindPrincipal(() => {
            read()
            resolve()
          }),
        ),
      ),
  )
  assert.deepEqual([bound.wrong, bound.count], [[], CALLS])

  // What bindPrincipal is for: here all but the caller who opened the connection would act as that caller.
  const unbound = await readsOf(
    (read) =>
      new Promise((resolve) =>
        shared.ask(() => {
          read()
          resolve()
        }),
      ),
  )
  assert.ok(unbound.wrong.length >= CALLS - 1)
  assert.ok(unbound.wrong.every((read) => read.endsWith('ran as team-b/user-0')))
})

test('S4-32 after an await, a call is itself again, whoever answered it', async () => {
  await using echo = await startEcho()
  using shared = connectLazily(echo.port)
  const { wrong, count } = await readsOf(async (read) => {
    await new Promise<void>((resolve) => shared.ask(resolve))
    read()
  })
  assert.deepEqual([wrong, count], [[], CALLS])
})

test('S4-32, S4 9 a connection that is opened outside any call answers as nobody: there is nothing to read there', async () => {
  await using echo = await startEcho()
  using shared = connectLazily(echo.port)
  await new Promise<void>((resolve) => shared.ask(resolve))
  const seen = await withPrincipal(
    principalOf(1),
    () =>
      new Promise((resolve) =>
        shared.ask(() => {
          try {
            resolve(here())
          } catch (error) {
            resolve(error)
          }
        }),
      ),
  )
  assert.match(String(seen), /No principal/)
})
