import assert from 'node:assert/strict'
import { createConnectionLookup } from '../../apps/sallyport/src/connections/connection-lookup.ts'
import { setConnection } from '../../apps/sallyport/src/connections/set-connection.ts'
import { oidcSettings } from '../../apps/sallyport/src/connections/oidc-settings.ts'
import { createJustInTime } from '../../apps/sallyport/src/members/just-in-time.ts'
import { removeMember } from '../../apps/sallyport/src/members/remove-member.ts'
import { accepted, aTeamspace, CLOUDS, editorOf } from '../../apps/sallyport/src/teamspaces/acme.fixture.ts'
import { createTeamspaceLookup } from '../../apps/sallyport/src/teamspaces/teamspace-lookup.ts'
import { forEachStore } from '../support/each-store.ts'

const ISSUER = 'https://id.acme.example'

forEachStore(
  'removed again: somebody who was removed and keeps calling stays out, and holds up nobody who writes',
  async (_t, open) => {
    const store = await open()
    const { id } = await aTeamspace(store, 'acme')
    const settings = { kind: 'oidc', issuer: ISSUER, audience: 'mcp', jit: { claim: null } }
    accepted(await setConnection(editorOf(store), 'acme', oidcSettings.parse(settings), { clouds: CLOUDS }))
    let transactions = 0
    const transaction: typeof store.transaction = (...work) => (transactions++, store.transaction(...work))
    const makeMember = createJustInTime({
      store: { ...store, transaction },
      connections: createConnectionLookup(store),
      teamspaces: createTeamspaceLookup(store),
      now: Date.now,
    })
    const mallory = { teamspaceId: id, issuer: ISSUER, audience: 'mcp', subject: 'mallory', scopes: [], claims: {} }
    const call = () => makeMember({ kind: 'oidc', ...mallory, expiresAtSeconds: 2_000_000_000 }, ISSUER)
    const member = await call()
    assert.ok(member)
    accepted(await removeMember(editorOf(store), 'acme', { id: member.id }))
    transactions = 0
    for (let attempt = 0; attempt < 20; attempt++) assert.equal(await call(), undefined)
    assert.equal(transactions, 0)
  },
)
