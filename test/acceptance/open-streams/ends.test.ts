import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { userClaims } from '../../support/entra-tokens.ts'
import { ACME } from '../../support/gate.ts'
import { holdStream } from '../../support/held-stream.ts'
import { expectCut, onEachDatabase } from './world.ts'

/** The gate looks for what has ended each second. */
const A_LOOK_MS = 1_100

onEachDatabase('an open event stream and its credential', (world) => {
  it('is cut when its MCP token is revoked; when a token has ended, and the tolerance for clocks of others is over', async () => {
    const { gate, clock } = world
    const { clockToleranceSeconds } = gate.config
    const must = (method: string, path: string, body?: unknown) =>
      gate.admin.must(method, `/teamspaces/acme/mcp-tokens${path}`, body)
    const mint = (more: object = {}) => must('POST', '', { name: 'ci', ...more })
    const hold = async ({ token }: { token: string }) => holdStream(gate, token)
    const [ofRevoked, ofReplaced] = [await mint(), await mint()]
    const revoked = await hold(ofRevoked)
    const replaced = await hold(ofReplaced)
    const kept = await hold(await mint())
    const short = await hold(await mint({ expires_in_seconds: 3600 }))
    const claims = userClaims(gate, clock.seconds, { exp: clock.seconds + 1800 - clockToleranceSeconds })
    const person = await hold({ token: await gate.emulator.signToken(ACME.tenantId, claims) })

    await must('DELETE', `/${ofRevoked.id}`)
    await must('POST', `/${ofReplaced.id}/rotate`, { grace_seconds: 1800 })
    await expectCut(gate, revoked, 'token_invalid')

    clock.advance(1799)
    await sleep(A_LOOK_MS)
    assert.deepEqual([replaced.isOpen, short.isOpen, person.isOpen], [true, true, true])
    clock.advance(1)
    await Promise.all([expectCut(gate, replaced, 'token_invalid'), expectCut(gate, person, 'token_expired')])

    assert.equal(short.isOpen, true)
    clock.advance(1800)
    await expectCut(gate, short, 'token_invalid')
    assert.equal(kept.isOpen, true)
    await kept.close()
  })
})
