import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, it } from 'node:test'
import { freshFile } from '../../support/each-store.ts'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { TestGate } from '../../support/gate.ts'
import { freshDatabase } from '../../support/postgres.ts'
import { expectAllowed, expectRefusal } from '../../support/refusals.ts'
import { auditRowOf, bearerOf, claimsOf, exchangesOf, forge } from './support.ts'

const AUDIENCE_TAKEN = 'This audience is already configured for another teamspace'
const parallel = <T>(count: number, work: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

/** What the database decides must hold on either. */
for (const [engine, fresh] of [
  ['SQLite', freshFile],
  ['Postgres', freshDatabase],
] as const) {
  describe(`decided by ${engine}`, () => {
    let database: Awaited<ReturnType<typeof fresh>>
    let gate: TestGate
    before(async () => {
      database = await fresh()
      gate = await startGate({ database: database.url })
    })
    after(() => gate.close().finally(() => database.drop()))
    beforeEach(() => void (gate.upstream.seen.length = 0))
    /** How many exchanges `work` costs. */
    const exchangesDuring = async (work: () => Promise<unknown>) => {
      const before = exchangesOf(gate).length
      await work()
      return exchangesOf(gate).length - before
    }

    it('S2 7: fifty first calls of one user at once cost one exchange', async () => {
      const token = await gate.tokenFor(ACME.ada.email)
      const cost = await exchangesDuring(async () => {
        const answers = await parallel(50, () => gate.call(token))
        assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
      })
      assert.equal(cost, 1)
      const shown = new Set(gate.upstream.seen.map(({ headers }) => bearerOf(headers)))
      assert.deepEqual([gate.upstream.seen.length, shown.size], [50, 1])
    })

    it('S2 7: users at once, of one Entra tenant and of two, each get their own token', async () => {
      const people = [
        [ACME, ACME.ada],
        [ACME, ACME.ben],
        [GLOBEX, GLOBEX.gus],
      ] as const
      const tokens = await Promise.all(people.map(([teamspace, { email }]) => gate.tokenFor(email, teamspace)))
      const call = (index: number) => {
        const body = JSON.stringify({
          jsonrpc: '2.0',
          id: index,
          method: 'tools/call',
          params: { name: `of ${index % 3}` },
        })
        return gate.call(tokens[index % 3]!, { body })
      }
      const cost = await exchangesDuring(async () => {
        const answers = await parallel(60, call)
        assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200])
      })
      assert.equal(cost, 3)
      for (const { headers, body } of gate.upstream.seen) {
        const [teamspace, { oid }] = people[JSON.parse(body).id % 3]!
        const claims = claimsOf(bearerOf(headers))
        assert.deepEqual([claims.oid, claims.tid, claims.aud], [oid, teamspace.tenantId, teamspace.apiClientId])
      }
    })

    it('S2 7: a user with another token, after a step-up or from another client, gets another exchange', async () => {
      const token = await gate.tokenFor(ACME.ada.email)
      const steppedUp = await forge(gate, token, { acrs: ['c1'] })
      const cost = await exchangesDuring(async () => {
        for (const one of [token, steppedUp, token, steppedUp]) await expectAllowed(gate, () => gate.call(one))
      })
      assert.equal(cost, 2, 'an oid alone is no cache key (S2B-08)')
    })

    it('S2 7: without an oid there is no exchange, nor an entry that others could share (S2B-09)', async () => {
      const token = await gate.tokenFor(ACME.ada.email)
      const cost = await exchangesDuring(async () => {
        for (const oid of [undefined, '', null, 'not a guid', 0, [ACME.ada.oid], {}, `${ACME.ada.oid} `]) {
          const without = await forge(gate, token, { oid })
          const answer = await expectRefusal(gate, () => gate.call(without), { status: 401, code: 'claims_invalid' })
          assert.ok(!answer.body.includes('oid'))
        }
      })
      assert.equal(cost, 0)
    })

    it('S2 12: a valid token of nobody who was added is 401 with words of its own (D-07)', async () => {
      const token = await gate.tokenFor(ACME.dev.email)
      const before = exchangesOf(gate).length
      const response = await gate.call(token)
      const { error_description: says } = (await response.clone().json()) as { error_description: string }
      await expectRefusal(gate, async () => response, {
        status: 401,
        code: 'member_unknown',
        says: 'The user is not provisioned in this teamspace',
      })
      const { rule, subject, clientId } = await auditRowOf(gate, response)
      assert.deepEqual([rule, subject, clientId], ['member_unknown', ACME.dev.oid, ACME.gatewayClientId])
      const invalid = await gate.call(`${token.slice(0, -8)}AAAAAAAA`)
      assert.notEqual(((await invalid.json()) as { error_description: string }).error_description, says)
      assert.equal(exchangesOf(gate).length, before, 'nobody unknown costs an exchange')
    })

    it('S2 12: added, the user passes; removed, the next call is refused though the exchange is cached', async () => {
      const dev = await gate.tokenFor(ACME.dev.email)
      const ada = await gate.tokenFor(ACME.ada.email)
      const call = () => gate.call(dev)
      const unmapped = () => expectRefusal(gate, call, { status: 401, code: 'member_unknown' })
      await unmapped()
      for (let round = 0; round < 3; round++) {
        await gate.admin.addMember(ACME.slug, ACME.dev)
        await expectAllowed(gate, call)
        await expectAllowed(gate, () => gate.call(ada))
        const exchanged = exchangesOf(gate).length
        await gate.admin.removeMember(ACME.slug, ACME.dev.email)
        await unmapped()
        await Promise.all(Array.from({ length: 20 }, unmapped))
        assert.equal(exchangesOf(gate).length, exchanged)
        await expectAllowed(gate, () => gate.call(ada))
      }
    })

    it('S2B-23: a call that was under way when the user was removed is the last one', async () => {
      const token = await gate.tokenFor(ACME.ben.email)
      await expectAllowed(gate, () => gate.call(token))
      const removal = gate.admin.removeMember(ACME.slug, ACME.ben.email)
      const under = parallel(20, () => gate.call(token))
      await removal
      const reached = gate.upstream.seen.length
      const late = await parallel(20, () => gate.call(token))
      assert.deepEqual([...new Set(late.map(({ status }) => status))], [401])
      for (const { status } of await under) assert.ok(status === 200 || status === 401)
      assert.ok(gate.upstream.seen.length - reached <= 20, 'only calls that began before')
      await gate.admin.addMember(ACME.slug, ACME.ben)
    })

    it('S2 12: a member of one teamspace is nobody in another, and the same oid elsewhere neither', async () => {
      const ada = await gate.tokenFor(ACME.ada.email)
      await gate.admin.addMember(GLOBEX.slug, ACME.ada)
      await gate.admin.removeMember(ACME.slug, ACME.ada.email)
      await expectRefusal(gate, () => gate.call(ada), { status: 401, code: 'member_unknown' })
      const inGlobex = { url: `${gate.publicUrl}/t/globex/context7/mcp` }
      await expectRefusal(gate, () => gate.call(ada, inGlobex), { status: 401, code: 'teamspace_mismatch' })
      await gate.admin.addMember(ACME.slug, ACME.ada)
    })

    it('S2 13: an audience has one owner; whoever comes second is told so, and no more (S2D-08, S2D-09)', async () => {
      await gate.admin.must('POST', '/teamspaces', { slug: 'initech', name: 'Initech' })
      const claims = [ACME.gatewayClientId, ACME.apiClientId, ACME.gatewayClientId.toUpperCase()]
      for (const audience of claims) {
        const body = { kind: 'entra', cloud: 'emulator', tenantId: GLOBEX.tenantId, audience }
        const { status, body: problem } = await gate.admin.send('PUT', '/teamspaces/initech/connections/entra', body)
        assert.deepEqual([status, problem.detail], [409, AUDIENCE_TAKEN], audience)
        assert.ok(!/acme/i.test(JSON.stringify(problem)))
        assert.equal(
          (await gate.admin.send('GET', '/teamspaces/initech/connections/entra')).status,
          404,
          'nothing is saved',
        )
      }
      await expectAllowed(gate, async () => gate.call(await gate.tokenFor(ACME.ada.email)))
    })

    it('S2 13: of concurrent saves of one audience exactly one wins, and the others changed nothing', async () => {
      const slugs = ['one', 'two', 'three', 'four']
      for (const slug of slugs) await gate.admin.must('POST', '/teamspaces', { slug, name: slug })
      for (let round = 0; round < 10; round++) {
        const audience = `dddddddd-0000-4000-8000-0000000000${10 + round}`
        const body = { kind: 'entra', cloud: 'emulator', tenantId: GLOBEX.tenantId, audience }
        const answers = await Promise.all(
          slugs.map((slug) => gate.admin.send('PUT', `/teamspaces/${slug}/connections/entra`, body)),
        )
        const losers = answers.filter(({ status }) => status !== 200)
        assert.equal(losers.length, slugs.length - 1, JSON.stringify(answers))
        for (const { status, body } of losers) assert.deepEqual([status, body.detail], [409, AUDIENCE_TAKEN])
        const saved = await Promise.all(
          slugs.map((slug) => gate.admin.send('GET', `/teamspaces/${slug}/connections/entra`)),
        )
        const winner = answers.findIndex(({ status }) => status === 200)
        assert.deepEqual(
          saved.map(({ status }) => status),
          slugs.map((_, index) => (index === winner ? 200 : 404)),
        )
        await gate.admin.must('DELETE', `/teamspaces/${slugs[winner]}/connections/entra`)
      }
    })
  })
}
