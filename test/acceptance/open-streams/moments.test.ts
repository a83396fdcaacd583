import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ACME } from '../../support/gate.ts'
import { answerWithStreams, holdStream } from '../../support/held-stream.ts'
import { expectCut, onEachDatabase } from './world.ts'

const call = (name: string) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })

onEachDatabase('an open event stream, as things change around it,', (world) => {
  it('is cut when its lists are to be filtered from now on, which it cannot begin', async () => {
    const token = await world.gate.tokenFor(ACME.ben.email)
    const [listening, calling] = [
      await holdStream(world.gate, token),
      await holdStream(world.gate, token, { method: 'POST', body: call('get') }),
    ]
    await world.gate.admin.setPolicy('acme', {
      default: 'allow members',
      rules: [{ name: 'no drops', effect: 'deny', tools: ['drop'] }],
    })
    await expectCut(world.gate, listening, 'call_forbidden')
    const again = await holdStream(world.gate, token)
    assert.deepEqual([again.isOpen, calling.isOpen], [true, true])
    await Promise.all([again.close(), calling.close(), world.gate.admin.setPolicy('acme')])
  })

  it('is cut when its caller was removed before the server sent a head', async () => {
    const { promise: reached, resolve: isReached } = Promise.withResolvers<() => void>()
    world.gate.upstream.answerWith((_seen, response) => {
      isReached(() => void response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders())
    })
    const held = holdStream(world.gate, await world.gate.tokenFor(ACME.ben.email))
    const answer = await reached
    await world.gate.admin.removeMember('acme', ACME.ben.email)
    answer()
    await expectCut(world.gate, await held, 'member_unknown')
    answerWithStreams(world.gate.upstream)
    await world.gate.admin.addMember('acme', ACME.ben)
  })

  it('is judged by the configuration in force after a reload', async () => {
    const token = await world.gate.tokenFor(ACME.ada.email)
    const stream = await holdStream(world.gate, token)
    await world.gate.sallyport.reload(world.gate.config)
    await sleep(300)
    assert.equal(stream.isOpen, true)
    const servers = world.gate.config.servers.map((server) => ({ ...server, roles: ['owner'] as const }))
    await world.gate.sallyport.reload({ ...world.gate.config, servers })
    await expectCut(world.gate, stream, 'role_insufficient')
    await world.gate.sallyport.reload(world.gate.config)
    const opened = await holdStream(world.gate, token)
    await world.gate.sallyport.reload(world.gate.config)
    await world.gate.admin.removeMember('acme', ACME.ada.email)
    await expectCut(world.gate, opened, 'member_unknown')
  })
})
