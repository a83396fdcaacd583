import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { compactJws, issuerOf, testClock, userClaims } from '../../support/entra-tokens.ts'
import { ACME, GLOBEX, startGate } from '../../support/gate.ts'
import type { CallInit } from '../../support/gate.ts'
import { parseMetrics } from '../../support/metrics-text.ts'
import { toolCall } from './entry.ts'

export const DOCS_URL = 'https://docs.example/sallyport'
export const SENTINEL = 'a-sentinel-that-only-the-gateway-in-front-knows'
export const AUDIENCE_OF_WORKLOADS = 'sallyport-of-workloads'

/** A server for each thing that a server can ask for; the first is what most calls go to. */
const SERVERS = (upstream: string) => `servers:
  tools:
    path: /tools/mcp
    upstream: ${upstream}
    auth: [EntraJwt, Token]
    outbound: { kind: none }
    toolRates: { rare: { calls: 1, seconds: 60 } }
  exchanged: { path: /exchanged/mcp, upstream: '${upstream}', outbound: { kind: entra-obo } }
  scoped: { path: /scoped/mcp, upstream: '${upstream}', outbound: { kind: none }, scopes: [tools.write] }
  owned: { path: /owned/mcp, upstream: '${upstream}', outbound: { kind: none }, roles: [owner] }
  assigned: { path: /assigned/mcp, upstream: '${upstream}', outbound: { kind: none }, appRoles: [Mcp.Tool.Executor] }
  behind: { path: /behind/mcp, upstream: '${upstream}', outbound: { kind: none }, auth: Gateway }
  workloads: { path: /workloads/mcp, upstream: '${upstream}', outbound: { kind: none }, auth: Kubernetes }
  shown: { path: /shown/mcp, upstream: '${upstream}', outbound: { kind: static, value: Bearer of-the-operator } }
  listed: { path: /listed/mcp, upstream: '${upstream}', outbound: { kind: none } }
  gone: { path: /gone/mcp, upstream: 'http://127.0.0.1:1/mcp', outbound: { kind: none } }
`

const SETTINGS = (tokenFile: string) => `docsUrl: ${DOCS_URL}
clusters: { lost: { server: 'http://127.0.0.1:1', tokenFile: '${tokenFile}', timeoutSeconds: 1 } }
trustedProxies: [127.0.0.1]
limits:
  messageBytes: 900000
  heldBytes: 1048576
  listBytes: 2048
  upstreamConnections: 3
  upstreamHeadersSeconds: 1
  openCalls: { principal: 2 }
  rate: { address: { calls: 1, seconds: 60 } }
`

export interface WorldOptions {
  /** Further YAML at the top level. */
  readonly settings?: string
}

/** The gate with everything that can be refused in it, by a clock that stands still. */
export async function startWorld({ settings = '' }: WorldOptions = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-denials-'))
  const tokenFile = join(folder, 'token')
  await writeFile(tokenFile, 'of-the-reviewer\n')
  const clock = testClock()
  const network = { isDown: false }
  const broken = breakableClock(clock.now)
  const gate = await startGate({
    now: broken.now,
    servers: SERVERS,
    settings: SETTINGS(tokenFile) + settings,
    env: { MCP_GATEWAY_SECRET: SENTINEL },
    fetch: (...request) => (network.isDown ? Promise.reject(new TypeError('offline')) : fetch(...request)),
  })
  const connection = { kind: 'kubernetes', cluster: 'lost', audience: AUDIENCE_OF_WORKLOADS, verify: 'tokenreview' }
  await gate.admin.must('PUT', `/teamspaces/${ACME.slug}/connections/kubernetes`, connection)

  const accepting = gate.admin.connectionBody(ACME, { acceptedRoles: ['Mcp.Tool.Executor'] })
  await gate.admin.must('PUT', `/teamspaces/${ACME.slug}/connections/entra`, accepting)

  const claims = (changes: Record<string, unknown> = {}) => userClaims(gate, clock.seconds, changes)
  const sign = (changes: Record<string, unknown> = {}) => gate.emulator.signToken(ACME.tenantId, claims(changes))

  const { teamspaces } = await gate.admin.must('GET', '/teamspaces')
  const idOf = Object.fromEntries(teamspaces.map(({ slug, id }: any) => [slug, id])) as Record<
    'acme' | 'globex',
    string
  >

  return {
    ...gate,
    clock,
    /** Of teamspaces. */
    idOf,
    network,
    breakClock: broken.breakIt,
    ada: await sign(),
    ben: await sign({ oid: ACME.ben.oid }),
    /** Ada's token with other claims, signed by Entra. */
    sign,
    /** A token of the other teamspace's only member. */
    signForGlobex: () => {
      const { tenantId: tid, gatewayClientId: aud, gus } = GLOBEX
      return gate.emulator.signToken(tid, claims({ tid, aud, iss: issuerOf(gate, tid), oid: gus.oid }))
    },
    /** The same, signed by nobody. */
    forge: (changes: Record<string, unknown>) =>
      compactJws({ alg: 'RS256', typ: 'JWT', kid: 'x' }, claims(changes), () => NO_SIGNATURE),
    /** An MCP token of the teamspace. */
    mint: async (more: object = {}): Promise<string> => {
      const path = `/teamspaces/${ACME.slug}/mcp-tokens`
      return (await gate.admin.must('POST', path, { name: randomUUID(), ...more })).token
    },
    send: (server: string, token: string | undefined, init: CallInit = {}) =>
      gate.call(token, { url: `${gate.publicUrl}/${server}/mcp`, ...init }),
    /** Calls by the outcome that they were counted under. */
    async countedCalls(): Promise<ReadonlyMap<string, number>> {
      const { samples } = await metricsOf(gate)
      return new Map([...samples].filter(([series]) => series.startsWith('sallyport_calls_total{')))
    },
    /** A table that is not there until `restore`. */
    async withoutTable(table: string) {
      const { db } = gate.sallyport.store
      await sql`alter table ${sql.ref(table)} rename to ${sql.ref(`${table}_away`)}`.execute(db)
      return () => sql`alter table ${sql.ref(`${table}_away`)} rename to ${sql.ref(table)}`.execute(db)
    },
    /** Event streams of these callers that stay open until `close`. */
    async holdStreams(tokens: readonly string[]) {
      const streams: ServerResponse[] = []
      gate.upstream.answerWith((_seen, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
        streams.push(response)
      })
      const answers: Response[] = []
      for (const token of tokens)
        answers.push(await gate.call(token, { url: `${gate.publicUrl}/tools/mcp`, method: 'GET' }))
      gate.upstream.answerWith()
      return async () => {
        for (const stream of streams) stream.end()
        await Promise.all(answers.map((answer) => answer.text()))
        while ((await metricsOf(gate)).value('sallyport_open_calls{server="tools"}') > 0) await sleep(5)
      }
    },
    /** A message of this length whose last byte comes when the answer is called. */
    async holdBody(token: string, bytes: number) {
      const body = toolCall('add', { arguments: { text: 'x'.repeat(bytes) } })
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': body.length,
      }
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
      const call = request(`${gate.publicUrl}/tools/mcp`, { method: 'POST', headers, agent: false }, resolve)
      call.on('error', reject).write(body.slice(0, -1))
      await sleep(100)
      return async () => {
        call.end(body.slice(-1))
        await text(await promise)
      }
    },
    async close() {
      await gate.close()
      await rm(folder, { recursive: true })
    },
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>

const NO_SIGNATURE = Buffer.alloc(256, 1)

async function metricsOf({ adminUrl, sallyport }: Pick<World, 'adminUrl' | 'sallyport'>) {
  const headers = { authorization: `Bearer ${sallyport.operatorToken}` }
  return parseMetrics(await (await fetch(`${adminUrl}/metrics`, { headers })).text())
}

/** A clock that fails once when told: the second time that one piece of work asks it. */
function breakableClock(now: () => number) {
  let isBroken = false
  let readings = 0
  return {
    breakIt: () => void (isBroken = true),
    now: () => {
      if (isBroken && readings++ === 0) setImmediate(() => void (readings = 0))
      if (readings > 1) {
        isBroken = false
        readings = 0
        throw new RangeError('the clock has stopped')
      }
      return now()
    },
  }
}
