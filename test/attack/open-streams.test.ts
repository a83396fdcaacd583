import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { userClaims } from '../support/entra-tokens.ts'
import { ACME, startGate } from '../support/gate.ts'
import type { TestGate } from '../support/gate.ts'
import { answerWithStreams, CUT_MS, holdStream } from '../support/held-stream.ts'
import { expectRefusal } from '../support/refusals.ts'

const SERVERS = (upstream: string) => `servers:
  context7: { path: /context7/mcp, upstream: ${upstream}, auth: [EntraJwt, Token], outbound: { kind: none } }
`

let gate: TestGate
before(async () => {
  gate = await startGate({ servers: SERVERS })
  answerWithStreams(gate.upstream)
})
after(() => gate.close())

test('a removed member keeps listening: not on one stream of many, whatever opened it, and no new one opens', async () => {
  const signed = () => gate.emulator.signToken(ACME.tenantId, userClaims(gate, Math.floor(Date.now() / 1000)))
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'follow' } })
  const tokens = await Promise.all(Array.from({ length: 20 }, signed))
  const held = await Promise.all([
    ...tokens.map((token) => holdStream(gate, token)),
    ...tokens.map((token) => holdStream(gate, token, { method: 'POST', body })),
    ...tokens.map((token) => holdStream(gate, token, { url: `${gate.publicUrl}/t/acme/context7/mcp` })),
  ])
  await gate.admin.removeMember('acme', ACME.ada.email)
  const took = await Promise.all(held.map((stream) => stream.cut()))
  assert.ok(Math.max(...took) < CUT_MS)
  const reopen = () => gate.call(tokens[0], { method: 'GET' })
  await expectRefusal(gate, reopen, { status: 401, code: 'member_unknown' })
  await gate.admin.addMember('acme', ACME.ada)
})

test('an event that the server sends after somebody was removed does not reach them, however it is timed', async () => {
  const sent: (() => void)[] = []
  gate.upstream.answerWith((_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': open\n\n')
    sent.push(() => void response.write('data: for members only\n\n'))
  })
  const answer = await gate.call(await gate.tokenFor(ACME.ben.email), { method: 'GET' })
  const reader = answer.body!.getReader()
  await reader.read()
  const next = reader.read()
  await gate.admin.removeMember('acme', ACME.ben.email)
  await assert.rejects(next)
  sent.forEach((send) => send())
  answerWithStreams(gate.upstream)
  await gate.admin.addMember('acme', ACME.ben)
})

test('opening streams again and again while one is being removed leaves none open', async () => {
  const token = await gate.tokenFor(ACME.ben.email)
  const held: Awaited<ReturnType<typeof holdStream>>[] = []
  let isRefused = false
  const opening = (async () => {
    while (!isRefused) {
      await holdStream(gate, token).then(
        (stream) => held.push(stream),
        () => (isRefused = true),
      )
    }
  })()
  while (held.length < 20) await new Promise((resolve) => setTimeout(resolve, 1))
  await gate.admin.removeMember('acme', ACME.ben.email)
  await opening
  await Promise.all(held.map((stream) => stream.cut()))
})
