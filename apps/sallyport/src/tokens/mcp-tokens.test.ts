import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashMcpToken } from '@sallyport/verifier'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { addMember } from '../members/add-member.ts'
import type { Role } from '../members/member.ts'
import { newMember } from '../members/new-member.ts'
import { removeMember } from '../members/remove-member.ts'
import type { Store } from '../store/store.ts'
import { ANNA, BERT, aConnectedTeamspace, aTeamspace, accepted, editorOf } from '../teamspaces/acme.fixture.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { listTokens } from './list-tokens.ts'
import { createMcpTokenLookup } from './mcp-token-lookup.ts'
import { mcpTokenRepository } from './mcp-token-repository.ts'
import { toMcpTokenView } from './mcp-token-view.ts'
import { mintToken } from './mint-token.ts'
import { mcpTokenRotation, newMcpToken } from './new-mcp-token.ts'
import { revokeToken } from './revoke-token.ts'
import { rotateToken } from './rotate-token.ts'
import type { TokenLimits } from './token-limits.ts'
import type { TokenActor } from './token-rights.ts'
import { writeTokenUses } from './write-token-uses.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

const START = 1_800_000_000_000
const DAY_MS = 86_400_000
const OPERATOR: TokenActor = { kind: 'operator' }

const parse = (changes: object = {}) => newMcpToken.parse({ name: 'Claude Desktop', ...changes })

/** The rules on one store, by a clock that stands still until told. */
function rulesOn(store: Store, limits: TokenLimits = { perTeamspace: 200 }) {
  let at = START
  const editor = { ...editorOf(store), now: () => at }
  return {
    now: () => at,
    advance: (ms: number) => void (at += ms),
    mint: (changes: object = {}, actor = OPERATOR, slug = 'acme') =>
      mintToken(editor, slug, parse(changes), { actor, limits }),
    revoke: (id: string, actor = OPERATOR, slug = 'acme') => revokeToken(editor, slug, id, { actor }),
    rotate: (id: string, changes: object = {}, actor = OPERATOR) =>
      rotateToken(editor, 'acme', { ...mcpTokenRotation.parse(changes), id }, { actor, limits }),
    list: async (actor = OPERATOR, slug = 'acme') =>
      accepted(await listTokens(store, slug, { limit: 100 }, { actor })).tokens,
  }
}

async function member(store: Store, name: string, role: Role, objectId: string): Promise<TokenActor> {
  const person = newMember.parse({ email: `${name}@acme.example`, objectId, role })
  const { member } = accepted(await addMember(editorOf(store), 'acme', person))
  return { kind: 'member', memberId: member.id }
}

const reason = (outcome: object) =>
  isRefused(outcome) ? `${outcome.refused.code} ${outcome.refused.field ?? ''}`.trim() : 'accepted'

test('S4-07 a name is one line of 1 to 100 characters, and the teamspace is never part of the input', () => {
  const bad = (input: object) => newMcpToken.safeParse(input).error?.issues[0]?.path.join('.')
  assert.equal(parse({ name: '  Ada’s laptop 💻 ' }).name, 'Ada’s laptop 💻')
  for (const name of ['', '   ', 'x'.repeat(101), 'a\nb', 'a\0b', 'a\u2028b', 'a\u202eb', '\ud800', 7, null]) {
    assert.equal(bad({ name }), 'name', JSON.stringify(name))
  }
  assert.equal(bad({ name: 'x', role: 'root' }), 'role')
  for (const stranger of ['tenant_id', 'teamspace', 'teamspace_id', 'token', 'created_by']) {
    assert.equal(newMcpToken.safeParse({ name: 'x', [stranger]: 'globex' }).error?.issues[0]?.code, 'unrecognized_keys')
  }
})

test('B-06 a lifetime is seconds or a time as in RFC 3339, not both', () => {
  const lifetimeOf = (input: object) => newMcpToken.safeParse({ name: 'x', ...input }).data?.lifetime
  assert.equal(lifetimeOf({ expires_at: '2027-06-01T12:00:00+02:00' })?.expiresAt, Date.UTC(2027, 5, 1, 10))
  assert.equal(lifetimeOf({ expires_in_seconds: 60 })?.expiresInSeconds, 60)
  const bad: object[] = ['2027-06-01', '2027-02-30T00:00:00Z', 'tomorrow', 1_900_000_000].map((expires_at) => ({
    expires_at,
  }))
  bad.push({ expires_in_seconds: 0 }, { expires_in_seconds: 1.5 }, { expires_in_seconds: 1e12 })
  bad.push({ expires_in_seconds: 60, expires_at: '2027-06-01T12:00:00Z' })
  for (const input of bad) assert.equal(lifetimeOf(input), undefined, JSON.stringify(input))
})

forEachStore('S4-03 S4-09 a minted token is found by its hash, and kept nowhere', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const { token, mcpToken } = accepted(await rulesOn(store).mint({ name: 'ci' }))
  const row = await store.db.selectFrom('mcp_token').selectAll().executeTakeFirstOrThrow()
  assert.equal(row.token_hash, hashMcpToken(token))
  assert.equal(row.prefix, token.slice(0, 12))
  assert.ok(!JSON.stringify(row).includes(token))
  assert.deepEqual([mcpToken.role, mcpToken.holderMemberId, mcpToken.createdBy], ['developer', null, 'operator'])
  const [event] = await listAudit(store, { limit: 1 })
  assert.equal(event?.['action'], 'mcp_token.mint')
  assert.doesNotMatch(JSON.stringify(event), new RegExp(`${token}|${row.token_hash}`))
})

forEachStore('S4-24 the look-up forgets at once what was revoked, rotated or lost its holder', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  const rules = rulesOn(store)
  const lookup = createMcpTokenLookup(store, rules.now)
  const anna = await member(store, 'anna', 'admin', ANNA)
  const state = async (token: string) => {
    const record = await lookup.findByHash(hashMcpToken(token))
    const usable = await lookup.findUsable(record!.id)
    const verdict = !record!.revoked && rules.now() / 1000 < record!.expiresAtSeconds!
    assert.equal(usable !== undefined, verdict, 'both look-ups agree')
    return usable ? `${usable.name} ${usable.role}${usable.memberId ? ' held' : ''}` : 'unusable'
  }
  const first = accepted(await rules.mint({ name: 'one', role: 'admin' }))
  assert.equal(await state(first.token), 'one admin')
  const epoch = lookup.epoch
  accepted(await rules.revoke(first.mcpToken.id))
  assert.equal(await state(first.token), 'unusable')
  assert.notEqual(lookup.epoch, epoch)

  const held = accepted(await rules.mint({ name: 'two', role: 'admin', holder: 'member' }, anna))
  assert.equal(await state(held.token), 'two admin held')
  await store.transaction(async (tx) => {
    await tx.db.updateTable('member').set({ role: 'developer' }).execute()
    tx.changed({ kind: 'member', teamspaceId: held.mcpToken.teamspaceId })
  })
  assert.equal(await state(held.token), 'two developer held', 'a lower role of the holder lowers the token')
  accepted(await removeMember(editorOf(store), 'acme', { email: 'anna@acme.example' }))
  assert.equal(await state(held.token), 'unusable')
  assert.equal((await rules.list()).length, 2, 'the rows stay')
  assert.equal(await lookup.findByHash(hashMcpToken('mcpt_unknown')), undefined)
})

forEachStore('B-06 at expires_at a token is expired, and seven days before it is listed so', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const rules = rulesOn(store)
  const lookup = createMcpTokenLookup(store, rules.now)
  const { mcpToken } = accepted(await rules.mint({ expires_in_seconds: 8 * 86_400 }))
  const soon = async () => toMcpTokenView((await rules.list())[0]!, rules.now()).expires_soon
  assert.equal(await soon(), false)
  rules.advance(DAY_MS)
  assert.equal(await soon(), true)
  rules.advance(7 * DAY_MS - 1)
  assert.ok(await lookup.findUsable(mcpToken.id))
  rules.advance(1)
  assert.equal(await lookup.findUsable(mcpToken.id), undefined)
  assert.equal(await soon(), false)
  assert.equal(reason(await rules.rotate(mcpToken.id)), 'conflict')
  assert.equal(reason(await rules.mint({ expires_at: new Date(rules.now()).toISOString() })), 'invalid expires_at')
})

forEachStore('B-06 where the operator sets a maximum, each new token ends within it', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const eternal = accepted(await rulesOn(store).mint())
  const rules = rulesOn(store, { perTeamspace: 200, maxDays: 30 })
  assert.equal(reason(await rules.mint()), 'invalid expires_at')
  assert.equal(reason(await rules.mint({ expires_at: null })), 'invalid expires_at')
  assert.equal(reason(await rules.mint({ expires_in_seconds: 30 * 86_400 + 1 })), 'invalid expires_at')
  assert.equal(reason(await rules.mint({ expires_in_seconds: 30 * 86_400 })), 'accepted')
  const { mcpToken } = accepted(await rules.rotate(eternal.mcpToken.id))
  assert.equal(mcpToken.expiresAt, START + 30 * DAY_MS, 'a successor lives as long as is allowed by now')
})

forEachStore('B-06 rotation gives a like token, and the one before a while longer', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const rules = rulesOn(store)
  const lookup = createMcpTokenLookup(store, rules.now)
  const old = accepted(await rules.mint({ name: 'ci', role: 'admin', expires_in_seconds: 30 * 86_400 })).mcpToken
  rules.advance(10 * DAY_MS)
  const { mcpToken: next } = accepted(await rules.rotate(old.id, { grace_seconds: 60 }))
  assert.deepEqual([next.name, next.role, next.replaces], ['ci', 'admin', old.id])
  assert.equal(next.expiresAt, rules.now() + 30 * DAY_MS)
  assert.equal(reason(await rules.rotate(old.id)), 'conflict', 'once only')
  rules.advance(59_999)
  assert.ok(await lookup.findUsable(old.id))
  rules.advance(1)
  assert.equal(await lookup.findUsable(old.id), undefined)
  assert.ok(await lookup.findUsable(next.id))
  accepted(await rules.rotate(next.id, { grace_seconds: 0 }))
  assert.equal(await lookup.findUsable(next.id), undefined)
  assert.equal(reason(await rules.rotate('aaaaaaaa-0000-4000-8000-00000000dead')), 'not_found')
  const event = (await listAudit(store, { limit: 1 }))[0]
  assert.equal(event?.['action'], 'mcp_token.rotate')
})

forEachStore('S4-07 active tokens are capped, and ending one makes room', async (_t, open) => {
  const store = await open()
  for (const slug of ['acme', 'globex']) await aTeamspace(store, slug)
  const rules = rulesOn(store, { perTeamspace: 2 })
  const { mcpToken } = accepted(await rules.mint())
  accepted(await rules.mint({ expires_in_seconds: 60 }))
  assert.equal(reason(await rules.mint()), 'conflict')
  assert.equal(reason(await rules.mint({}, OPERATOR, 'globex')), 'accepted', 'each teamspace has its own')
  const { mcpToken: successor } = accepted(await rules.rotate(mcpToken.id))
  accepted(await rules.revoke(successor.id))
  accepted(await rules.mint())
  assert.equal(reason(await rules.mint()), 'conflict', 'one in its grace does not count')
  rules.advance(60_000)
  assert.equal(reason(await rules.mint()), 'accepted')
  const minted = await Promise.all(Array.from({ length: 5 }, () => rules.mint({}, OPERATOR, 'globex')))
  assert.deepEqual(minted.map(reason).sort(), ['accepted', ...Array(4).fill('conflict')], 'also at once')
})

forEachStore('developers hold, see, revoke and rotate their own tokens only', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  const rules = rulesOn(store)
  const [anna, bert] = [await member(store, 'anna', 'developer', ANNA), await member(store, 'bert', 'admin', BERT)]
  assert.equal(reason(await rules.mint({ role: 'admin' }, anna)), 'forbidden role')
  assert.equal(reason(await rules.mint({ holder: 'teamspace' }, anna)), 'forbidden holder')
  assert.equal(reason(await rules.mint({ role: 'owner' }, bert)), 'forbidden role')
  assert.equal(reason(await rules.mint({ holder: 'member' }, OPERATOR)), 'invalid holder')

  const own = accepted(await rules.mint({ name: 'own' }, anna)).mcpToken
  const shared = accepted(await rules.mint({ name: 'shared' }, bert)).mcpToken
  const top = accepted(await rules.mint({ name: 'top', role: 'owner' })).mcpToken
  assert.equal(own.holderMemberId, anna.kind === 'member' ? anna.memberId : '')
  assert.deepEqual([shared.holderMemberId, top.holderMemberId], [null, null])
  const names = async (actor: TokenActor) => (await rules.list(actor)).map(({ name }) => name).sort()
  assert.deepEqual(await names(anna), ['own'])
  assert.deepEqual(await names(bert), ['own', 'shared', 'top'])
  for (const work of [rules.revoke(shared.id, anna), rules.rotate(shared.id, {}, anna)]) {
    assert.equal(reason(await work), 'not_found')
  }
  assert.equal(reason(await rules.rotate(own.id, {}, bert)), 'forbidden', 'its successor would stand for anna')
  assert.equal(reason(await rules.rotate(own.id)), 'forbidden')
  assert.equal(reason(await rules.rotate(top.id, {}, bert)), 'forbidden', 'its successor would outrank bert')
  assert.equal(reason(await rules.rotate(own.id, {}, anna)), 'accepted')
  assert.equal(reason(await rules.revoke(own.id, bert)), 'accepted')

  accepted(await removeMember(editorOf(store), 'acme', { email: 'anna@acme.example' }))
  assert.equal(reason(await rules.mint({}, anna)), 'forbidden', 'also in a request that began as a member')
  assert.equal(reason(await listTokens(store, 'acme', { limit: 1 }, { actor: anna })), 'forbidden')
})

forEachStore(
  'S4-06 revoking again changes nothing, and no teamspace reaches the tokens of another',
  async (_t, open) => {
    const store = await open()
    for (const slug of ['acme', 'globex']) await aTeamspace(store, slug)
    const rules = rulesOn(store)
    const { mcpToken } = accepted(await rules.mint())
    assert.equal(reason(await rules.revoke(mcpToken.id, OPERATOR, 'globex')), 'not_found')
    const foreign = mcpTokenRepository(store.db, 'another teamspace')
    await foreign.revoke(mcpToken.id, { at: START, actor: 'nobody' })
    await foreign.replace(mcpToken.id, { id: 'x', graceUntil: START })
    assert.equal(await foreign.findById(mcpToken.id), undefined)
    const [untouched] = await rules.list()
    assert.deepEqual([untouched?.revokedAt, untouched?.replacedBy], [null, null])
    const first = accepted(await rules.revoke(mcpToken.id))
    rules.advance(1000)
    assert.deepEqual(accepted(await rules.revoke(mcpToken.id)), first)
    const events = await listAudit(store, { limit: 10 })
    assert.equal(events.filter((event) => event['action'] === 'mcp_token.revoke').length, 1)
  },
)

forEachStore('S4-25 tokens that are minted, revoked and listed at once lose no update', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const rules = rulesOn(store)
  const minted = await Promise.all(Array.from({ length: 20 }, (_, index) => rules.mint({ name: `n${index}` })))
  const ids = minted.map((one) => accepted(one).mcpToken.id)
  await Promise.all(ids.slice(0, 10).flatMap((id) => [rules.revoke(id), rules.revoke(id), rules.list()]))
  const tokens = await rules.list()
  assert.equal(tokens.length, 20)
  assert.deepEqual(
    tokens
      .filter(({ revokedAt }) => revokedAt !== null)
      .map(({ id }) => id)
      .sort(),
    ids.slice(0, 10).sort(),
  )
})

forEachStore('S4-05 pages of a list follow each other without a gap or a repetition', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const rules = rulesOn(store)
  for (let index = 0; index < 7; index++) {
    accepted(await rules.mint({ name: `n${index}` }))
    if (index % 3 === 2) rules.advance(1) // several of one millisecond
  }
  const seen: string[] = []
  let after: { createdAt: number; id: string } | undefined
  for (;;) {
    const { tokens } = accepted(await listTokens(store, 'acme', { limit: 2, after }, { actor: OPERATOR }))
    seen.push(...tokens.map(({ id }) => id))
    after = tokens.at(-1)
    if (tokens.length < 2) break
  }
  assert.deepEqual(
    seen,
    (await rules.list()).map(({ id }) => id),
  )
  assert.equal(new Set(seen).size, 7)
})

forEachStore('S4-23 the last use is written to the second, and never moved back', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const rules = rulesOn(store)
  const [one, two] = [accepted(await rules.mint()).mcpToken.id, accepted(await rules.mint()).mcpToken.id]
  const used = async (id: string) => (await rules.list()).find((token) => token.id === id)!.lastUsedAt
  await writeTokenUses(store, new Map([[one, START + 2_500], [two, START + 61_000]])) // prettier-ignore
  assert.deepEqual([await used(one), await used(two)], [START + 2_000, START + 61_000])
  await writeTokenUses(
    store,
    new Map([
      [one, START + 1_000],
      ['unknown', START],
    ]),
  )
  assert.equal(await used(one), START + 2_000)
})

forEachStore('B-06 a token knows in whose place it came, whatever became of them', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const rules = rulesOn(store)
  const lookup = createMcpTokenLookup(store, rules.now)
  const replacedOf = async (id: string) => (await lookup.findUsable(id))?.replaced
  const ids = [accepted(await rules.mint()).mcpToken.id]
  assert.deepEqual(await replacedOf(ids[0]!), [])
  for (let i = 0; i < 4; i++) ids.unshift(accepted(await rules.rotate(ids[0]!)).mcpToken.id)
  await rules.revoke(ids[2]!)
  const [last, ...before] = ids
  assert.deepEqual(await replacedOf(last!), before)
  // Rows that somebody wrote by hand: a circle ends.
  await store.db.updateTable('mcp_token').set({ replaces: last! }).where('id', '=', ids.at(-1)!).execute()
  const afresh = createMcpTokenLookup(store, rules.now)
  assert.ok((await afresh.findUsable(last!))!.replaced.length <= 1_000)
})
