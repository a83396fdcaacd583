import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReadmittedCall } from '../call.ts'
import { isDenied } from '../../outcome/denial.ts'
import { authorize } from './authorize.ts'
import type { AuthorizeDeps } from './authorize.ts'

const NO_RULES: AuthorizeDeps = {
  policies: { find: () => undefined },
  groups: { groupsOf: () => assert.fail('no rule asks for groups') },
  tools: { find: () => undefined },
  expandScopes: (presented) => new Set(presented),
}
const ROLE = 'Mcp.Tool.Executor'
const member = { kind: 'member', id: 'm', teamspaceId: 't', role: 'developer' }
const entra = (...roles: string[]) => ({ proof: { kind: 'entra', scopes: [], roles }, principal: member })
const oidc = { proof: { kind: 'oidc', scopes: [] }, principal: member }
const token = (memberId?: string) => ({
  proof: { kind: 'token', scopes: [] },
  principal: { kind: 'mcp_token', id: 'x', teamspaceId: 't', role: 'developer', memberId },
})

function codeOf(caller: object, server: object): string | undefined {
  const call: object = { ...caller, record: {}, server: { scopes: [], ...server } }
  const outcome = authorize(call as ReadmittedCall, NO_RULES)
  return isDenied(outcome) ? outcome.denied.code : undefined
}

test('S3-45 the app role that azureAd asks for is asked of people of its tenant, and of tokens that they hold', () => {
  const server = { entraAppRoles: [ROLE] }
  assert.equal(codeOf(entra(ROLE), server), undefined)
  assert.equal(codeOf(entra('Other'), server), 'app_role_missing')
  assert.equal(codeOf(token('m'), server), 'app_role_missing')
  assert.equal(codeOf(token(), server), undefined, "the teamspace's own")
  assert.equal(codeOf(oidc, server), undefined)
})

test('app roles that a server names itself are asked of every credential', () => {
  const server = { appRoles: ['Own'], entraAppRoles: [ROLE] }
  assert.equal(codeOf(entra('Own'), server), undefined)
  for (const caller of [entra(ROLE), token('m'), token(), oidc])
    assert.equal(codeOf(caller, server), 'app_role_missing')
})
