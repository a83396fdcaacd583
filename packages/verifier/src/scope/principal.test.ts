import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { setImmediate as afterIo, setTimeout as after } from 'node:timers/promises'
import { test } from 'node:test'
import { startLoopback } from '../../test/loopback-server.ts'
import { bindIterable, bindPrincipal, currentPrincipal, withPrincipal, type Principal } from './principal.ts'

const principal = (teamspaceId: string, subject = 'user'): Principal => ({
  kind: 'stdio',
  teamspaceId,
  subject,
  scopes: [],
})

/** Both names: a call that saw the other call of its own teamspace would go unnoticed by the teamspace alone. */
const nameOf = ({ teamspaceId, subject }: Principal) => `${teamspaceId}/${subject}`
const here = () => nameOf(currentPrincipal())

/** One connection that all calls share; it calls back from a timer of its own, started before any call was. */
class SharedConnection {
  readonly #waiting: ((row: string) => void)[] = []
  readonly #timer = setInterval(() => this.#waiting.splice(0).forEach((callback) => callback('row')), 1)
  query(callback: (row: string) => void) {
    this.#waiting.push(callback)
  }
  [Symbol.dispose]() {
    clearInterval(this.#timer)
  }
}

test('S4-32, S4 8 a thousand interleaved calls of two teamspaces: each sees its own principal and no other', async () => {
  using connection = new SharedConnection()
  const emitter = new EventEmitter().setMaxListeners(0)
  const reads: [seen: string, own: string][] = []
  const pause = () => (Math.random() < 0.5 ? after(Math.random() * 4) : afterIo())

  async function call(own: string) {
    const read = () => reads.push([here(), own])
    await pause()
    read()
    await new Promise<void>((resolve) => setTimeout(() => (read(), resolve()), Math.random() * 4))
    await new Promise<void>((resolve) => connection.query(bindPrincipal(() => (read(), resolve()))))
    const heard = new Promise<void>((resolve) =>
      emitter.once(
        'tick',
        bindPrincipal(() => (read(), resolve())),
      ),
    )
    await pause()
    emitter.emit('tick') // wakes the listeners of all calls that wait, from inside this one
    await heard
    for await (const _ of Readable.from(['a', 'b'])) {
      read()
      await pause()
    }
    await Promise.all([pause(), pause()]).finally(read)
    process.nextTick(read)
    queueMicrotask(read)
    await afterIo()
  }

  await Promise.all(
    Array.from({ length: 1000 }, (_, i) => {
      const caller = principal(i % 2 ? 'team-a' : 'team-b', `user-${i}`)
      return withPrincipal(caller, () => call(nameOf(caller)))
    }),
  )
  assert.equal(reads.length, 9000)
  assert.deepEqual(reads.filter(([seen, own]) => seen !== own).slice(0, 3), [])
  assert.throws(currentPrincipal)
})

test('S4-32, S4 9 outside a call there is no principal, and no default one', async () => {
  assert.throws(currentPrincipal, /No principal/)
  assert.throws(() => bindPrincipal(() => {}), /No principal/)
  assert.throws(() => bindIterable(Readable.from([])), /No principal/)
  await withPrincipal(principal('team-a'), () => after(1))
  assert.throws(currentPrincipal, /No principal/, 'the call has ended')
})

test('S4-33 a callback that is not bound sees what its caller is, not what its maker was: nobody', async () => {
  using connection = new SharedConnection()
  const unbound = await withPrincipal(
    principal('team-a'),
    () =>
      new Promise((resolve) =>
        connection.query(() => {
          try {
            resolve(here())
          } catch (error) {
            resolve(error)
          }
        }),
      ),
  )
  assert.match(String(unbound), /not bound/)
})

test('S4-33 a bound listener keeps its principal when another call emits', () => {
  const emitter = new EventEmitter()
  const seen: string[] = []
  withPrincipal(principal('team-a'), () => {
    emitter.on(
      'event',
      bindPrincipal(function (this: EventEmitter, word: string) {
        seen.push(word, here())
        assert.equal(this, emitter)
      }),
    )
  })
  withPrincipal(principal('team-b'), () => emitter.emit('event', 'said'))
  assert.deepEqual(seen, ['said', 'team-a/user'])
})

test('S4-33 a bound generator keeps its principal, whoever pulls from it', async () => {
  const closed: string[] = []
  async function* rows() {
    try {
      for (;;) {
        yield here()
        await afterIo()
      }
    } finally {
      closed.push(here())
    }
  }
  const body = withPrincipal(principal('team-a'), () => bindIterable(rows()))
  assert.equal((await body.next()).value, 'team-a/user')
  await withPrincipal(principal('team-b'), async () => {
    let left = 3
    for await (const row of body) {
      assert.equal(row, 'team-a/user')
      if (--left === 0) break
    }
    assert.equal(here(), 'team-b/user')
  })
  assert.deepEqual(closed, ['team-a/user'])

  const failing = withPrincipal(principal('team-a'), () => bindIterable(rows()))
  await failing.next()
  await assert.rejects(failing.throw!(new Error('the reader left')), /the reader left/)
  assert.equal(closed.length, 2)
})

test('S4-33 requests on one kept-alive connection leave no principal behind', async () => {
  await using server = await startLoopback(async (req, res) => {
    const teamspaceId = req.headers['x-teamspace']
    const answer = () => {
      try {
        res.end(here())
      } catch {
        res.end('nobody')
      }
    }
    if (typeof teamspaceId !== 'string') return answer()
    await withPrincipal(principal(teamspaceId), async () => {
      req.resume()
      await once(req, 'end')
      answer()
    })
  })
  for (const teamspaceId of ['team-a', undefined, 'team-b', undefined]) {
    const headers: Record<string, string> = teamspaceId ? { 'x-teamspace': teamspaceId } : {}
    const response = await fetch(server.url, { method: 'POST', body: 'x', headers })
    assert.equal(await response.text(), teamspaceId ? `${teamspaceId}/user` : 'nobody')
  }
})

test('S4-33 the body of an answer that is read after the call is that of the caller', async () => {
  async function* parts() {
    yield here()
    await after(1)
    yield ` ${here()}`
  }
  const bodies = ['team-a', 'team-b'].map((teamspaceId) =>
    withPrincipal(principal(teamspaceId), () => Readable.from(bindIterable(parts()))),
  )
  assert.deepEqual(await Promise.all(bodies.map((body) => text(body))), [
    'team-a/user team-a/user',
    'team-b/user team-b/user',
  ])
})

test('a result and a failure of the work are its own', async () => {
  assert.equal(
    withPrincipal(principal('team-a'), () => 5),
    5,
  )
  await assert.rejects(
    withPrincipal(principal('team-a'), () => Promise.reject(new Error('mine'))),
    /mine/,
  )
  assert.throws(currentPrincipal)
})

for (const nobody of [undefined, null, {}, { teamspaceId: '' }, { teamspaceId: 5 }]) {
  test(`${JSON.stringify(nobody)} is no principal`, () => {
    assert.throws(() => withPrincipal(nobody as never, () => {}), TypeError)
  })
}
