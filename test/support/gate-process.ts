import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { ACME } from './gate.ts'

const PROGRAM = fileURLToPath(new URL('./gate-child-process.ts', import.meta.url))

/** A gate in a process of its own: it can be killed, and what it needs is told apart from what its callers need. */
export async function startGateProcess(url: string) {
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const config = `publicUrl: http://127.0.0.1:${publicPort}
listen: { public: 127.0.0.1:${publicPort}, admin: 127.0.0.1:${adminPort} }
servers: { some: { path: /mcp, upstream: 'http://127.0.0.1:9', auth: Token, outbound: { kind: none } } }
`
  const env = { ...process.env, DATABASE_URL: url, GATE_CONFIG: config }
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'], env })
  const exited = once(child, 'close')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const first = await lines.next()
  if (first.done) throw new Error('the gate did not start')
  const { operatorToken } = JSON.parse(first.value) as { operatorToken: string }
  const adminUrl = `http://127.0.0.1:${adminPort}`
  return {
    adminUrl,
    operatorToken,
    /** Megabytes of the heap that are in use after the garbage was collected. */
    async heapMegabytes(): Promise<number> {
      child.stdin.write('heap\n')
      return Number((await lines.next()).value) / 2 ** 20
    },
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

export type GateProcess = Awaited<ReturnType<typeof startGateProcess>>

/** A teamspace with a connection and a SCIM token, made by the admin API. Answers the token. */
export async function setUpTeamspace({ adminUrl, operatorToken }: GateProcess): Promise<string> {
  const caller = createCaller(adminUrl, operatorToken)
  const must = async (method: string, path: string, body: object) => {
    const answer = await caller.send(method, `/api/v1${path}`, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const { slug, tenantId, gatewayClientId: audience } = ACME
  await must('POST', '/teamspaces', { slug, name: slug })
  const connection = { kind: 'entra', tenantId, audience, requiredScope: 'Mcp.Gateway.Access' }
  await must('PUT', `/teamspaces/${slug}/connections/entra`, connection)
  const { token } = await must('POST', `/teamspaces/${slug}/scim-tokens`, { name: 'Entra' })
  caller.close()
  return token
}

/** A client that keeps its connections, and costs little itself. */
export function createCaller(base: string, token: string) {
  const agent = new Agent({ keepAlive: true })
  const send = async (method: string, path: string, body?: object): Promise<{ status: number; body: any }> => {
    const sent = request(base + path, { method, agent })
    sent.setHeader('authorization', `Bearer ${token}`)
    if (body) sent.setHeader('content-type', 'application/json')
    sent.end(body && JSON.stringify(body))
    const [answer] = await once(sent, 'response')
    const received = await text(answer)
    return { status: answer.statusCode, body: received === '' ? undefined : JSON.parse(received) }
  }
  return { send, close: () => agent.destroy() }
}

export type Caller = ReturnType<typeof createCaller>

/** Does something for each of many, a few at a time as a provisioning service does. */
export async function forMany(count: number, atOnce: number, work: (number: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
