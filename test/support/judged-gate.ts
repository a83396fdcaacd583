import assert from 'node:assert/strict'
import type { Policy } from '../../apps/sallyport/src/policies/policy.ts'
import { NO_CREDENTIAL } from './entra-tokens.ts'
import { ACME, GLOBEX, startGate } from './gate.ts'
import { sendRaw } from './raw-http.ts'

/** Denies a tool by name, one by class, one by argument; a prompt and resources by name. All else is allowed. */
const DENYING: Policy = {
  default: 'allow members',
  rules: [
    { name: 'by name', effect: 'deny', tools: ['drop'] },
    { name: 'by class', effect: 'deny', classes: ['destructive'] },
    { name: 'by text', effect: 'deny', tools: ['deploy'], when: 'has(args.to) && args.to == "live"' },
    { name: 'by number', effect: 'deny', tools: ['pay'], when: 'has(args.n) && args.n > 1000.0' },
    { name: 'by exact number', effect: 'deny', tools: ['refund'], when: 'args.id == 9007199254740993' },
    { name: 'prompts', effect: 'deny', prompts: ['leak'] },
    { name: 'resources', effect: 'deny', resources: ['file:///etc/*', 'https://h.example/secret'] },
  ],
}

/** Allows some of each, and nothing else. */
const ALLOWING: Policy = {
  default: 'deny',
  rules: [
    { name: 'tools', effect: 'allow', tools: ['get', 'list_*'] },
    { name: 'by text', effect: 'allow', tools: ['deploy'], when: 'args.to == "test"' },
    { name: 'by number', effect: 'allow', tools: ['pay'], when: 'args.n <= 1000.0' },
    { name: 'prompts', effect: 'allow', prompts: ['review'] },
    { name: 'resources', effect: 'allow', resources: ['file:///srv/*'] },
  ],
}

const withClasses = (upstream: string): string =>
  `${NO_CREDENTIAL(upstream)}    toolClasses: { wipe: destructive, '*': read }\n`

export interface Sent {
  readonly method?: string
  readonly target?: string
  readonly version?: string
  /** Beside Host, Connection and Authorization. */
  readonly headers?: readonly string[]
  readonly body?: string | Buffer
  /** What stands on the wire, where it is not the body. */
  readonly framed?: string
  readonly waitMs?: number
}

export const JSON_TYPE = 'Content-Type: application/json'

/** The gate with both policies, and what became of requests that are written byte for byte. */
export async function startJudgedGate() {
  const gate = await startGate({ servers: withClasses })
  await gate.admin.setPolicy(ACME.slug, DENYING)
  await gate.admin.setPolicy(GLOBEX.slug, ALLOWING)
  const tokens = {
    denying: await gate.tokenFor(ACME.ada.email),
    allowing: await gate.tokenFor(GLOBEX.gus.email, GLOBEX),
  }
  gate.upstream.answerWith((_seen, response) => {
    response.setHeader('content-type', 'application/json').end('{"jsonrpc":"2.0","id":1,"result":{}}')
  })
  const { host, pathname } = new URL(gate.mcpUrl)

  const write = (token: string, sent: Sent): Buffer => {
    const { method = 'POST', target = pathname, version = 'HTTP/1.1' } = sent
    const body = Buffer.from(sent.body ?? '')
    const headers = sent.headers ?? [JSON_TYPE, `Content-Length: ${body.length}`]
    const lines = [
      `${method} ${target} ${version}`,
      `Host: ${host}`,
      'Connection: close',
      `Authorization: Bearer ${token}`,
    ]
    const head = [...lines, ...headers].map((line) => `${line}\r\n`).join('')
    return Buffer.concat([
      Buffer.from(`${head}\r\n`, 'latin1'),
      sent.framed === undefined ? body : Buffer.from(sent.framed),
    ])
  }

  return {
    gate,
    tokens,
    /**
     * `passed`, when the server behind saw exactly the bytes of the body; else why it saw nothing: the code of the refusal,
     * the JSON-RPC error of what is hidden, or the bare status.
     */
    async verdictOn(policy: keyof typeof tokens, sent: Sent): Promise<string> {
      const { seen } = gate.upstream
      const before = seen.length
      const answers = await sendRaw(gate.mcpUrl, write(tokens[policy], sent), { waitMs: sent.waitMs ?? 5_000 })
      const reached = seen.slice(before)
      if (reached.length === 0) return answers.length === 0 ? 'no answer' : verdictIn(answers[0]!)
      assert.equal(reached.length, 1, 'one call is one call')
      assert.ok(
        Buffer.from(reached[0]!.body).equals(Buffer.from(sent.body ?? '')),
        'what was judged is what is sent on',
      )
      assert.equal(answers[0]!.status, 200)
      return 'passed'
    },
    close: gate.close,
  }
}

export type JudgedGate = Awaited<ReturnType<typeof startJudgedGate>>

function verdictIn({ status, body }: { status: number; body: string }): string {
  if (!body.startsWith('{')) return `status ${status}`
  const { error, code } = JSON.parse(body) as { error?: { code?: number; data?: { code?: string } }; code?: string }
  return code ?? error?.data?.code ?? `error ${error?.code}`
}
