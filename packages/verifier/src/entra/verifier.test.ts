import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  API,
  CLIENT,
  connection,
  NOW_SECONDS,
  signToken,
  startFakeEntra,
  TENANT,
  USER,
  userClaims,
} from '../../test/fake-entra.ts'
import { isDenied } from '../denial.ts'
import { localSource } from './local-source.ts'
import { createEntraVerifier } from './verifier.ts'

test('S1-30 a valid v2 token for a configured audience becomes a verified token of (tid, oid)', async () => {
  await using entra = await startFakeEntra()
  const verifier = createEntraVerifier({
    connections: localSource([connection()]),
    clouds: entra.clouds,
    now: () => NOW_SECONDS * 1000,
  })

  const outcome = await verifier.verify(await signToken(userClaims(entra)))

  assert.ok(!isDenied(outcome), JSON.stringify(outcome))
  const { claims, ...rest } = outcome
  assert.equal(claims['name'], 'Ada')
  assert.deepEqual(rest, {
    kind: 'entra',
    teamspaceId: 'team-a',
    cloud: 'global',
    tenantId: TENANT,
    issuer: entra.issuer(),
    audience: API,
    subject: USER,
    clientId: CLIENT,
    scopes: ['openid', 'mcp.access'],
    roles: [],
    appOnly: false,
    expiresAtSeconds: NOW_SECONDS + 3600,
    tokenId: 'uti-1',
  })
})
