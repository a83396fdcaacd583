import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashMcpToken } from '@sallyport/verifier'
import { forEachStore } from '../../../../test/support/each-store.ts'
import { addMember } from '../members/add-member.ts'
import { newMember } from '../members/new-member.ts'
import type { Store } from '../store/store.ts'
import { ANNA, aConnectedTeamspace, aTeamspace, accepted, editorOf } from '../teamspaces/acme.fixture.ts'
import { createMcpTokenLookup } from './mcp-token-lookup.ts'
import { toMcpTokenView } from './mcp-token-view.ts'
import { mintToken } from './mint-token.ts'
import { mcpTokenRotation, newMcpToken } from './new-mcp-token.ts'
import { revokeToken } from './revoke-token.ts'
import { rotateToken } from './rotate-token.ts'
import type { TokenActor } from './token-rights.ts'
import { allowsTool } from './tool-scopes.ts'
import { listAudit } from '../../../../test/support/list-audit.ts'

const OPERATOR: TokenActor = { kind: 'operator' }
const limits = { perTeamspace: 200 }

const mint = async (store: Store, changes: object, actor: TokenActor = OPERATOR) =>
  accepted(await mintToken(editorOf(store), 'acme', newMcpToken.parse({ name: 'ci', ...changes }), { actor, limits }))

const rotate = async (store: Store, id: string) =>
  accepted(
    await rotateToken(editorOf(store), 'acme', { ...mcpTokenRotation.parse({}), id }, { actor: OPERATOR, limits }),
  )

test('B-07 a scopes are kept in canonical form, each once; servers alone are completed with all their tools', () => {
  const scopesOf = (tool_scopes: unknown) => newMcpToken.parse({ name: 'x', tool_scopes }).toolScopes
  assert.equal(scopesOf(undefined), null)
  assert.equal(scopesOf(null), null)
  assert.deepEqual(scopesOf(['read', 'tool:a', 'class:read', 'tool:a']), ['class:read', 'tool:a'])
  assert.deepEqual(scopesOf(['server:findings', 'server:other']), ['server:findings', 'server:other', 'tools:*'])
  assert.deepEqual(scopesOf(['server:findings', 'read']), ['server:findings', 'class:read'])
})

test('B-07 a a token without a single scope, with more than 100 or with a wrong one is not minted', () => {
  const issuesOf = (tool_scopes: unknown) =>
    newMcpToken
      .safeParse({ name: 'x', tool_scopes })
      .error?.issues.map(({ path, message }) => [path.join('.'), message])
  const many = (count: number) => Array.from({ length: count }, (_, index) => `tool:t${index}`)
  assert.equal(issuesOf(many(100)), undefined)
  assert.deepEqual(issuesOf(many(101)), [['tool_scopes', 'must be at most 100 scopes']])
  assert.deepEqual(issuesOf([]), [['tool_scopes', 'must name a scope, or be left out for all tools']])
  const [first, second] = issuesOf(['read', 'tool:*', 'class:admin'])!
  assert.deepEqual(first, ['tool_scopes.1', '"tool:*" is not a scope: say tools:* for all tools'])
  assert.match(second!.join(' '), /^tool_scopes\.2 "class:admin" is not a scope/)
  for (const bad of ['read', 'tools:*', {}, [7], [null], [['read']]]) assert.notEqual(issuesOf(bad), undefined)
  assert.equal(mcpTokenRotation.safeParse({ tool_scopes: ['tools:*'] }).success, false, 'a rotation takes none')
})

forEachStore('B-07 scopes are stored, listed, audited, and kept by rotation', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const toolScopes = ['class:read', 'tool:add']
  const { mcpToken } = await mint(store, { tool_scopes: ['read', 'tool:add'] })
  assert.deepEqual(toMcpTokenView(mcpToken, 0).tool_scopes, toolScopes)
  const successor = await rotate(store, mcpToken.id)
  assert.deepEqual(successor.mcpToken.toolScopes, toolScopes)
  accepted(await revokeToken(editorOf(store), 'acme', successor.mcpToken.id, { actor: OPERATOR }))
  const rows = await store.db.selectFrom('mcp_token').select('tool_scopes').execute()
  assert.deepEqual(rows, Array(2).fill({ tool_scopes: '["class:read","tool:add"]' }))

  const events = (await listAudit(store, { limit: 10 })).filter(({ action }) => `${action}`.startsWith('mcp_token.'))
  const scopesIn = (side: unknown) => (side as { toolScopes?: unknown } | undefined)?.toolScopes
  assert.deepEqual(
    events.map(({ action, before, after }) => [action, scopesIn(before), scopesIn(after)]),
    [
      ['mcp_token.revoke', toolScopes, toolScopes],
      ['mcp_token.rotate', toolScopes, toolScopes],
      ['mcp_token.mint', undefined, toolScopes],
    ],
  )
})

forEachStore(
  'B-07 g a token from before there were scopes calls all tools, and its successor too',
  async (_t, open) => {
    const store = await open()
    await aTeamspace(store, 'acme')
    const lookup = createMcpTokenLookup(store)
    const { mcpToken } = await mint(store, {})
    assert.equal((await lookup.findUsable(mcpToken.id))?.toolScopes, undefined)
    const successor = (await rotate(store, mcpToken.id)).mcpToken
    assert.equal(toMcpTokenView(successor, 0).tool_scopes, null)
    assert.equal((await lookup.findUsable(successor.id))?.toolScopes, undefined)
  },
)

forEachStore('B-07 the look-up compiles scopes once, and forgets them with the token', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const lookup = createMcpTokenLookup(store)
  const { mcpToken, token } = await mint(store, { tool_scopes: ['tool:add'] })
  const first = await lookup.findUsable(mcpToken.id)
  assert.deepEqual(first?.toolScopes?.granted, ['tool:add'])
  assert.equal(await lookup.findUsable(mcpToken.id), first)
  assert.ok(allowsTool(first?.toolScopes, { server: 's', tool: 'add' }))
  assert.ok(!allowsTool(first?.toolScopes, { server: 's', tool: 'drop' }))
  accepted(await revokeToken(editorOf(store), 'acme', mcpToken.id, { actor: OPERATOR }))
  assert.equal(await lookup.findUsable(mcpToken.id), undefined)
  assert.equal((await lookup.findByHash(hashMcpToken(token)))?.revoked, true)
})

forEachStore('B-07 scopes that cannot be read, or are of a later version, allow no tool', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  const { mcpToken } = await mint(store, { tool_scopes: ['tools:*'] })
  for (const broken of ['', 'null', '{', '"tools:*"', '{"0":"tools:*"}', '[7]', '[]', '["tools:*","area:51"]']) {
    await store.db.updateTable('mcp_token').set({ tool_scopes: broken }).execute()
    const usable = await createMcpTokenLookup(store).findUsable(mcpToken.id)
    assert.ok(usable?.toolScopes, broken)
    assert.ok(!allowsTool(usable.toolScopes, { server: 's', tool: 'x', toolClass: 'read' }), broken)
  }
})

forEachStore('a token that a member holds carries what the member is now', async (_t, open) => {
  const store = await open()
  await aConnectedTeamspace(store, 'acme')
  const person = newMember.parse({ email: 'anna@acme.example', objectId: ANNA, role: 'admin' })
  const { member } = accepted(await addMember(editorOf(store), 'acme', person))
  const actor: TokenActor = { kind: 'member', memberId: member.id }
  const lookup = createMcpTokenLookup(store)
  const own = (await mint(store, { holder: 'member', tool_scopes: ['read'] }, actor)).mcpToken
  const shared = (await mint(store, {}, actor)).mcpToken
  const rolesOf = async (id: string) => {
    const usable = await lookup.findUsable(id)
    return [usable?.role, usable?.holderRole]
  }
  assert.deepEqual(await rolesOf(own.id), ['developer', 'admin'])
  assert.deepEqual(await rolesOf(shared.id), ['developer', undefined])
  await store.transaction(async (tx) => {
    await tx.db.updateTable('member').set({ role: 'owner' }).execute()
    tx.changed({ kind: 'member', teamspaceId: member.teamspaceId })
  })
  assert.deepEqual(await rolesOf(own.id), ['developer', 'owner'])
})
