import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import { freshDatabase } from '../../support/postgres.ts'
import { expectAllowed } from '../../support/refusals.ts'
import { startTokenGate } from './support.ts'

/** Any unhandled rejection while the test runs. */
function watchRejections(t: TestContext): unknown[] {
  const seen: unknown[] = []
  const note = (reason: unknown) => void seen.push(reason)
  process.on('unhandledRejection', note)
  t.after(() => process.off('unhandledRejection', note))
  return seen
}

const isNoted = ({ last_used_at: at }: { last_used_at: string | null }) => at !== null

async function eventually(condition: () => Promise<boolean>, withinMs = 8_000): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await condition())) {
    assert.ok(performance.now() < deadline, 'it never came true')
    await sleep(50)
  }
}

async function withToken(t: TestContext, database?: string) {
  const context = await startTokenGate(t, database === undefined ? {} : { database })
  const { gate, ask, mint, ada } = context
  const minted = await mint(ada)
  const read = async () => (await ask('GET', '', ada)).body.tokens.find(({ id }: any) => id === minted.id)
  const callInTime = async () => {
    const begun = performance.now()
    await expectAllowed(gate, () => gate.call(minted.token))
    assert.ok(performance.now() - begun < 1000, 'the call was held up')
  }
  return { ...context, minted, read, callInTime }
}

test('S4 7: a write of the last use that hangs holds up nobody, and is done when the database lets it (Postgres)', async (t) => {
  const rejections = watchRejections(t)
  const database = await freshDatabase()
  t.after(() => database.drop())
  const { minted, read, callInTime } = await withToken(t, database.url)
  const other = new pg.Client({ connectionString: database.url })
  await other.connect()
  try {
    await other.query('begin')
    await other.query('select id from mcp_token for update') // whoever updates a token waits for this to end
    for (let call = 0; call < 5; call++) {
      await callInTime()
      await sleep(300)
    }
    assert.ok(!isNoted(await read()), 'the write hangs')
    await callInTime()
    await other.query('rollback')
  } finally {
    await other.end()
  }
  await eventually(async () => isNoted(await read()))
  assert.ok(Date.parse((await read()).last_used_at) >= Date.parse(minted.created_at) - 1000)
  assert.deepEqual(rejections, [])
})

test('S4 7: a write of the last use that fails changes nothing for callers, and is done later (SQLite)', async (t) => {
  const rejections = watchRejections(t)
  const { gate, read, callInTime } = await withToken(t)
  const { db } = gate.sallyport.store
  await sql`create trigger refuse_uses before update of last_used_at on mcp_token begin select raise(abort, 'refused'); end`.execute(
    db,
  )
  await callInTime()
  await eventually(async () => gate.logged.join('').includes('The last use of MCP tokens cannot be written'))
  await callInTime()
  assert.ok(!isNoted(await read()))
  await sql`drop trigger refuse_uses`.execute(db)
  await eventually(async () => isNoted(await read()))
  assert.deepEqual(rejections, [])
})

test('S4-23 a refused token is not a use, and what was used last is written when the gate closes', async (t) => {
  const database = await freshDatabase()
  t.after(() => database.drop())
  const { gate, ask, ada, mint } = await startTokenGate(t, { database: database.url })
  const [used, refused] = [await mint(ada), await mint(ada)]
  await ask('DELETE', `/${refused.id}`, ada)
  await gate.call(refused.token)
  await gate.call(used.token)
  await gate.sallyport.close()
  const reader = new pg.Client({ connectionString: database.url })
  await reader.connect()
  const { rows } = await reader.query('select id from mcp_token where last_used_at is not null')
  await reader.end()
  assert.deepEqual(rows, [{ id: used.id }])
})
