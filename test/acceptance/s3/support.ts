import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { parseConfigFile } from '../../../apps/sallyport/src/config/parse-config-file.ts'
import { resolveConfig } from '../../../apps/sallyport/src/config/resolve-config.ts'
import { startSallyport } from '../../../apps/sallyport/src/serve/start.ts'
import { createLog } from '../../../apps/sallyport/src/telemetry/log.ts'
import { freePort } from '../../support/free-port.ts'
import { callMcp } from '../../support/gate.ts'
import type { CallInit } from '../../support/gate.ts'
import { startRecordingUpstream } from '../../support/recording-upstream.ts'
import { TEST_SALLYPORT_KEY } from '../../support/sealing-key.ts'

export const SENTINEL = 'canary-sentinel-0123456789-abcdefghijkl'

export interface ModeOptions {
  readonly env?: Readonly<Record<string, string>>
  /** YAML at the top level. */
  readonly settings?: string
  readonly outbound?: string
  /** YAML of another server, after the first. */
  readonly more?: (upstreamUrl: string) => string
  /** Where the public listener is; the loopback address unless set. */
  readonly host?: string
  readonly fetch?: typeof fetch
  readonly now?: () => number
  /** Another than one in memory. */
  readonly database?: string
}

export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly code?: string
  readonly [field: string]: unknown
}

export const WARN = 40
export const DEBUG = 20

/** No identity provider is to be asked anything: every attempt is an error, and is counted. */
export function noNetwork() {
  let asked = 0
  const refuse = (() => {
    asked++
    return Promise.reject(new Error('offline'))
  }) as unknown as typeof fetch
  return Object.assign(refuse, { asked: () => asked })
}

/** One server behind Sallyport in the mode that the environment or the file says; nothing is set up in the database. */
export async function startMode(t: TestContext, options: ModeOptions = {}) {
  const upstream = await startRecordingUpstream()
  t.after(() => upstream.close())
  const [port, adminPort] = [await freePort(), await freePort()]
  const publicUrl = `http://127.0.0.1:${port}`
  const text = `publicUrl: ${publicUrl}
listen: { public: '${options.host ?? '127.0.0.1'}:${port}', admin: 127.0.0.1:${adminPort} }
database: '${options.database ?? 'sqlite::memory:'}'
logLevel: debug
servers:
  tools:
    path: /tools/mcp
    upstream: ${upstream.url}
    outbound: { kind: ${options.outbound ?? 'none'} }
${options.more?.(upstream.url) ?? ''}${options.settings ?? ''}`
  const logged: string[] = []
  const lines = new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) })
  const config = await resolveConfig(parseConfigFile(text, 'test.yaml'), {
    file: 'test.yaml',
    env: { SALLYPORT_KEY: TEST_SALLYPORT_KEY, ...options.env },
  })
  const sallyport = await startSallyport(config, {
    log: createLog(lines, config.logLevel),
    ...(options.fetch && { fetch: options.fetch }),
    ...(options.now && { now: options.now }),
  })
  t.after(async () => {
    await sallyport.close()
    assert.ok(!logged.join('').includes('canary'), 'a secret was logged')
  })
  const admin = async (path: string, init: RequestInit = {}) => {
    const headers = { authorization: `Bearer ${sallyport.operatorToken}`, ...init.headers }
    const response = await fetch(`${sallyport.adminUrl}/api/v1${path}`, { ...init, headers })
    return { status: response.status, body: (await response.json()) as any }
  }
  return {
    publicUrl,
    mcpUrl: `${publicUrl}/tools/mcp`,
    upstream,
    config,
    sallyport,
    admin,
    lines: (): LogLine[] => logged.map((line) => JSON.parse(line) as LogLine),
    call: (init: CallInit = {}, token?: string) => callMcp(`${publicUrl}/tools/mcp`, token, init),
    closeEarly: () => sallyport.close(),
    async lastAudit() {
      await sallyport.flushAudit()
      const { body } = await admin('/audit?limit=5')
      return body.events.find(({ kind }: any) => kind === 'call')
    },
  }
}

export type ModeGate = Awaited<ReturnType<typeof startMode>>
