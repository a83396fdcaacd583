import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ACME } from '../../support/gate.ts'
import { holdStream } from '../../support/held-stream.ts'
import { parseMetrics } from '../../support/metrics-text.ts'
import { expectCut, holdBeside, onEachDatabase, rowsAbout } from './world.ts'
import type { World } from './world.ts'

const call = (name: string) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } })

const must = ({ gate }: World, method: string, path: string, body?: unknown) =>
  gate.admin.must(method, `/teamspaces${path}`, body)

onEachDatabase('an open event stream', (world) => {
  it('is cut when its member is removed, and says why; the streams of others stay', async () => {
    const streams = [await world.gate.tokenFor(ACME.ada.email), await world.gate.tokenFor(ACME.ben.email)]
    const [ada, ben, gus] = [
      await holdStream(world.gate, streams[0]),
      await holdStream(world.gate, streams[1]),
      await holdBeside(world.gate),
    ]
    world.clock.advance(90)
    await world.gate.admin.removeMember('acme', ACME.ada.email)
    const row = await expectCut(world.gate, ada, 'member_unknown')
    assert.deepEqual([row.server, row.step, row.detail.openSeconds], ['context7', 'admit', 90])
    assert.equal(row.detail.presented.subject, ACME.ada.oid)
    const explained = await world.gate.admin.must('GET', `/decisions/${row.id}`)
    assert.deepEqual([explained.decision, explained.rule], ['denied', 'member_unknown'])
    assert.deepEqual([ben.isOpen, gus.isOpen], [true, true])
    assert.equal((await world.gate.call(streams[0], { method: 'GET' })).status, 401, 'it cannot be opened again')

    const page = await fetch(`${world.gate.adminUrl}/metrics`, {
      headers: { authorization: `Bearer ${world.gate.sallyport.operatorToken}` },
    })
    const { value } = parseMetrics(await page.text())
    assert.equal(value('sallyport_streams_cut_total{server="context7",code="member_unknown"}'), 1)
    assert.equal(value('sallyport_open_streams{server="context7"}'), 2)
    assert.ok(world.gate.logged.some((line) => line.includes('A stream was cut') && line.includes(ada.requestId)))
    await Promise.all([ben.close(), gus.close()])
    await world.gate.admin.addMember('acme', ACME.ada)
  })

  it('is cut when its member is made less than the server asks for', async () => {
    const { id } = (await must(world, 'GET', '/acme/members')).members.find(
      ({ email }: any) => email === ACME.ada.email,
    )
    await must(world, 'PATCH', `/acme/members/${id}`, { role: 'admin' })
    const token = await world.gate.tokenFor(ACME.ada.email)
    const [all, admins] = [
      await holdStream(world.gate, token),
      await holdStream(world.gate, token, { url: `${world.gate.publicUrl}/admins/mcp` }),
    ]
    await must(world, 'PATCH', `/acme/members/${id}`, { role: 'developer' })
    await expectCut(world.gate, admins, 'role_insufficient')
    assert.equal(all.isOpen, true, 'the other server takes every role')
    await all.close()
  })

  it('is cut when the policy changes so that it would be refused, and goes on when it would not', async () => {
    const rule = (more: object) => ({ name: 'closed', effect: 'deny' as const, ...more })
    const policy = (more: object) => ({ default: 'allow members' as const, rules: [rule(more)] })
    await world.gate.admin.setPolicy('acme', policy({ tools: ['nothing'] }))
    const token = await world.gate.tokenFor(ACME.ben.email)
    const [listening, calling, other] = [
      await holdStream(world.gate, token),
      await holdStream(world.gate, token, { method: 'POST', body: call('deploy') }),
      await holdStream(world.gate, token, { method: 'POST', body: call('get') }),
    ]
    await world.gate.admin.setPolicy('acme', policy({ tools: ['deploy'] }))
    await expectCut(world.gate, calling, 'tool_unknown')
    assert.deepEqual([listening.isOpen, other.isOpen], [true, true])
    await world.gate.admin.setPolicy('acme', policy({ who: { roles: ['developer'] } }))
    const row = await expectCut(world.gate, listening, 'call_forbidden')
    assert.deepEqual([row.step, row.detail.by], ['authorize', 'rule closed'])
    await expectCut(world.gate, other, 'tool_unknown')
    await world.gate.admin.setPolicy('acme')
  })

  it('is cut when the connection goes that vouched for its caller', async () => {
    const stream = await holdStream(world.gate, await world.gate.tokenFor(ACME.ada.email))
    const gus = await holdBeside(world.gate)
    await must(world, 'DELETE', '/acme/connections/entra')
    await stream.cut()
    assert.equal((await rowsAbout(world.gate, stream)).length, 1)
    assert.equal(gus.isOpen, true)
    await gus.close()
    await must(world, 'PUT', '/acme/connections/entra', world.gate.admin.connectionBody(ACME))
    for (const person of [ACME.ada, ACME.ben]) await world.gate.admin.addMember('acme', person)
  })

  it('is cut when its teamspace goes, also where nobody has to sign in', async () => {
    const url = `${world.gate.publicUrl}/t/globex/open/mcp`
    const [gus, anybody, elsewhere] = [
      await holdBeside(world.gate),
      await holdStream(world.gate, undefined, { url }),
      await holdStream(world.gate, undefined, { url: `${world.gate.publicUrl}/open/mcp` }),
    ]
    await must(world, 'DELETE', '/globex')
    await Promise.all([gus.cut(), expectCut(world.gate, anybody, 'teamspace_unknown')])
    assert.equal(elsewhere.isOpen, true)
    await elsewhere.close()
  })
})
