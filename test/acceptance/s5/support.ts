import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseConfigFile } from '../../../apps/sallyport/src/config/parse-config-file.ts'
import { resolveConfig } from '../../../apps/sallyport/src/config/resolve-config.ts'
import { startSallyport } from '../../../apps/sallyport/src/serve/start.ts'
import { createLog } from '../../../apps/sallyport/src/telemetry/log.ts'
import { createLoopbackCertificate } from '../../../packages/verifier/test/certificate.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { adminClient, callMcp } from '../../support/gate.ts'
import type { CallInit } from '../../support/gate.ts'
import { freePort } from '../../support/free-port.ts'
import { startRecordingUpstream } from '../../support/recording-upstream.ts'
import { TEST_SALLYPORT_KEY } from '../../support/sealing-key.ts'

export const CRAWLER = { namespace: 'agents', name: 'crawler' }

export interface KubernetesGateOptions {
  /** The API server has a certificate of its own authority. */
  readonly tls?: boolean
  /** The `kubernetes` section, when it is not `{ requireOauth: true }`. */
  readonly section?: (urls: { api: string; publicUrl: string }) => string
  /** Further YAML at the top level. */
  readonly settings?: string
  /** Whoever verifies cannot be asked yet; otherwise the gate is ready before the test begins. */
  readonly startsUnready?: boolean
  readonly now?: () => number
  readonly fetch?: typeof fetch
}

/** The real gate before a recording server, for one organisation whose workloads have tokens of one cluster. */
export async function startKubernetesGate(options: KubernetesGateOptions = {}) {
  const now = options.now ?? Date.now
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-s5-'))
  const tls = options.tls ? createLoopbackCertificate() : undefined
  const api = await startKubernetesEmulator({ now, ...(tls && { tls }) })
  const upstream = await startRecordingUpstream()
  const [publicPort, adminPort] = [await freePort(), await freePort()]
  const publicUrl = `http://127.0.0.1:${publicPort}`
  const tokenFile = join(folder, 'token')
  const caFile = join(folder, 'ca.crt')
  await writeFile(tokenFile, `${api.reviewer()}\n`)
  if (tls) await writeFile(caFile, tls.cert)

  const configOf = async (section = options.section) => {
    const text = `publicUrl: ${publicUrl}
listen: { public: 127.0.0.1:${publicPort}, admin: 127.0.0.1:${adminPort} }
clusters:
  prod: { server: '${api.url}', tokenFile: '${tokenFile}', timeoutSeconds: 1${tls ? `, caFile: '${caFile}'` : ''} }
kubernetes: ${section?.({ api: api.url, publicUrl }) ?? '{ requireOauth: true }'}
servers:
  k8s: { path: /mcp, upstream: '${upstream.url}', outbound: { kind: none } }
${options.settings ?? ''}`
    const env = { DATABASE_URL: 'sqlite::memory:', SALLYPORT_KEY: TEST_SALLYPORT_KEY }
    return resolveConfig(parseConfigFile(text, 'test.yaml'), { file: join(folder, 'test.yaml'), env })
  }

  const logged: string[] = []
  const log = createLog(new Writable({ write: (chunk, _encoding, done) => (logged.push(String(chunk)), done()) }))
  const config = await configOf()
  const parts = { log, now, ...(options.fetch && { fetch: options.fetch }) }
  const sallyport = await startSallyport(config, parts).catch(async (error: unknown) => {
    await Promise.all([upstream.close(), api[Symbol.asyncDispose]()]) // or the file would wait for them
    throw error
  })
  const isReady = async () => (await fetch(`${publicUrl}/readyz`)).status === 200
  if (!options.startsUnready) while (!(await isReady())) await sleep(10)
  const audience = config.kubernetes?.audience ?? `${publicUrl}/mcp`
  return {
    api,
    upstream,
    publicUrl,
    mcpUrl: `${publicUrl}/mcp`,
    audience,
    tokenFile,
    caFile,
    logged,
    sallyport,
    configOf,
    isReady,
    admin: adminClient(sallyport),
    /** A token of the crawler for the gate, unless told. */
    tokenFor: (account = CRAWLER, audiences: readonly string[] = [audience], expiresInSeconds = 3600) =>
      api.issueToken({ ...account, audiences, expiresInSeconds }),
    call: (token: string | undefined, init: CallInit = {}) => callMcp(init.url ?? `${publicUrl}/mcp`, token, init),
    async [Symbol.asyncDispose]() {
      await sallyport.close()
      await upstream.close()
      await api[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    },
  }
}

export type KubernetesGate = Awaited<ReturnType<typeof startKubernetesGate>>
