import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { test } from 'node:test'
import { sql } from 'kysely'
import { watchStatements } from '../../support/engines.ts'
import { keyFetches, NO_CREDENTIAL, testClock, userClaims } from '../../support/entra-tokens.ts'
import type { TestClock } from '../../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { expectAllowed, expectFault, expectRefusal } from '../../support/refusals.ts'

export interface FreshDatabase {
  readonly url: string
  drop(): Promise<void>
}

export interface OwnStoreCheck {
  readonly gate: TestGate
  readonly clock: TestClock
  /** A fresh token of Ada's each time, so that only what is known of its audience can be cached. */
  readonly call: (changes?: Record<string, unknown>) => Promise<Response>
}

/** How long the gate trusts its own database's answer without a word of a change. */
const BACKSTOP_SECONDS = 30

export async function withOwnStore(database: FreshDatabase, run: (check: OwnStoreCheck) => Promise<void>) {
  const clock = testClock()
  const gate = await startGate({ now: clock.now, servers: NO_CREDENTIAL, database: database.url })
  const call = async (changes: Record<string, unknown> = {}) =>
    gate.call(await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds, changes)))
  try {
    await run({ gate, clock, call })
  } finally {
    await gate.close()
    await database.drop()
  }
}

/** How often the owner of an audience is looked up while `run` lasts. */
async function audienceLookups(run: () => Promise<unknown>): Promise<number> {
  const watch = watchStatements()
  try {
    await run()
  } finally {
    watch.stop()
  }
  return watch.texts.filter((text) => /^select\b.*\bfrom "connection_audience"/s.test(text)).length
}

/** S1 2, 3, 4 and 15 as far as the gate's own database answers for the audience. */
export function ownStoreChecks(engine: string, fresh: () => Promise<FreshDatabase>): void {
  const check = (title: string, run: (check: OwnStoreCheck) => Promise<void>) =>
    test(`${title} (${engine})`, async () => withOwnStore(await fresh(), run))

  check('S1 2: an audience that nobody configured is refused, and asked for once', async ({ gate, call }) => {
    const aud = randomUUID()
    const unknown = () => expectRefusal(gate, () => call({ aud }), { status: 401, says: 'Unknown audience' })

    assert.equal(await audienceLookups(unknown), 1)
    assert.equal(await audienceLookups(() => Promise.all([unknown(), unknown()])), 0)
    assert.equal(keyFetches(gate), 0, 'no key is fetched for it')
  })

  check(
    'S1 2: an audience counts from the moment it is configured, whatever was remembered',
    async ({ gate, call }) => {
      await gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
      await expectRefusal(gate, () => call(), { status: 401, says: 'Unknown audience', withoutSignIn: true })

      await gate.admin.must('PUT', '/teamspaces/acme/connections/entra', gate.admin.connectionBody(ACME))
      await gate.admin.addMember('acme', ACME.ada).catch(() => {})
      await expectAllowed(gate, () => call())
    },
  )

  check('S1 3: a database that cannot answer is a 503, is not remembered, and the next call succeeds', async (s1) => {
    const { gate, call } = s1
    const rename = (from: string, to: string) =>
      sql`alter table ${sql.table(from)} rename to ${sql.table(to)}`.execute(gate.sallyport.store.db)

    await rename('connection', 'connection_away')
    await expectFault(gate, () => call(), 'connections_unavailable')
    await expectFault(gate, () => call(), 'connections_unavailable')
    await rename('connection_away', 'connection')
    await expectAllowed(gate, () => call())
    assert.equal(keyFetches(gate), 1)
  })

  check('S1 3: a membership that cannot be looked up is a 503, not a refusal', async ({ gate, call }) => {
    const rename = (from: string, to: string) =>
      sql`alter table ${sql.table(from)} rename to ${sql.table(to)}`.execute(gate.sallyport.store.db)
    await rename('identity', 'identity_away')
    await expectFault(gate, () => call(), 'store_unavailable')
    await rename('identity_away', 'identity')
    await expectAllowed(gate, () => call())
  })

  check('S1 4: one look-up serves an audience until the backstop has passed', async ({ gate, clock, call }) => {
    const passes = () => expectAllowed(gate, () => call())
    assert.equal(await audienceLookups(passes), 1)
    clock.advance(BACKSTOP_SECONDS - 1)
    assert.equal(await audienceLookups(passes), 0)
    clock.advance(1)
    assert.equal(await audienceLookups(passes), 1)
  })

  check('S1 4: a hundred first calls at once share one look-up and one fetch of keys', async ({ gate, clock }) => {
    const tokens = await Promise.all(
      Array.from({ length: 100 }, () => gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))),
    )
    const lookups = await audienceLookups(async () => {
      const answers = await Promise.all(tokens.map((accessToken) => gate.call(accessToken)))
      assert.ok(answers.every(({ status }) => status === 200))
    })
    assert.equal(lookups, 1)
    assert.equal(keyFetches(gate), 1)
  })

  check('S1 15: removing the connection ends access with the next call, cached tokens included', async (s1) => {
    const { gate, clock } = s1
    const accessToken = await gate.emulator.signToken(ACME.tenantId, userClaims(gate, clock.seconds))
    const gus = await gate.tokenFor(GLOBEX.gus.email, GLOBEX)
    await expectAllowed(gate, () => gate.call(accessToken))

    await gate.admin.must('DELETE', '/teamspaces/acme/connections/entra')
    const gone = { status: 401, says: 'Unknown audience', withoutSignIn: true }
    await expectRefusal(gate, () => gate.call(accessToken), gone)
    await expectRefusal(gate, () => s1.call(), gone)
    await expectAllowed(gate, () => gate.call(gus))
  })

  check(
    'S1 15: removing the whole teamspace, or one member, ends their access with the next call',
    async ({ gate, call }) => {
      const ben = () => call({ oid: ACME.ben.oid })
      await expectAllowed(gate, ben)
      await gate.admin.removeMember('acme', ACME.ben.email)
      await expectRefusal(gate, ben, { status: 401, code: 'member_unknown' })
      await expectAllowed(gate, () => call())

      await gate.admin.must('DELETE', '/teamspaces/acme')
      await expectRefusal(gate, () => call(), { status: 401, says: 'Unknown audience', withoutSignIn: true })
    },
  )

  check('S1-75: a scope that is required from now on is required of cached tokens as well', async ({ gate, clock }) => {
    const connection = (more: object) =>
      gate.admin.must('PUT', '/teamspaces/acme/connections/entra', gate.admin.connectionBody(ACME, more))
    await connection({ requiredScope: null })
    const claims = userClaims(gate, clock.seconds, { scp: 'openid' })
    const accessToken = await gate.emulator.signToken(ACME.tenantId, claims)
    await expectAllowed(gate, () => gate.call(accessToken))

    await connection({ requiredScope: 'Mcp.Gateway.Access' })
    await expectRefusal(gate, () => gate.call(accessToken), { status: 403, code: 'scope_insufficient' })
  })
}
