import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENTRA_CLOUDS } from '@sallyport/verifier'
import { createAdminApp } from '../admin/admin-app.ts'
import { adoptRows } from '../audit/adopt-rows.ts'
import type { Problem } from '../admin/problem.ts'
import { defaultResourceOf } from '../config/config.ts'
import { createIssuerFetch } from '../connections/issuer-fetch.ts'
import { kubernetesRules } from '../connections/kubernetes-record.ts'
import { readInstanceFile } from '../store/instance-file.ts'
import type { InstanceFile } from '../store/instance-file.ts'
import { DatabaseLocked } from '../store/sqlite-lock.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import { toTokenLimits } from '../tokens/token-limits.ts'
import { CommandFailed } from './terminal.ts'
import type { Terminal } from './terminal.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Request = (path: string, init: RequestInit) => Response | Promise<Response>

/** The admin API, whoever serves it. Throws `CommandFailed` with what a problem says. */
export interface AdminClient {
  send<Answer>(
    method: Method,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
  /** The body of an answer as it comes, however long that takes. */
  download(path: string): Promise<ReadableStream<Uint8Array>>
  /** Sends a file; the answer as it comes, as JSON Lines. */
  upload(path: string, file: Uint8Array<ArrayBuffer>, type: string): Promise<ReadableStream<Uint8Array>>
}

/**
 * Gives `work` the admin API: that of the Sallyport which holds the database, over HTTP, so that its caches hear of
 * every change; or, when none runs, the same API in memory over the opened database.
 */
export async function withAdminClient<Result>(
  terminal: Terminal,
  configFile: string,
  work: (client: AdminClient) => Promise<Result>,
): Promise<Result> {
  const config = await terminal.loadConfig(configFile, terminal.env)
  const store = await openOrFindInstance(config)
  if ('adminUrl' in store) return work(createHttpAdminClient(store, terminal.fetch))
  const operatorToken = randomBytes(32).toString('base64url')
  const { fetch, now } = terminal
  const log = (message: string, fields?: object) => terminal.err(`${message}${reasonOf(fields)}`)
  const clouds = { ...ENTRA_CLOUDS, ...config.clouds }
  const { servers, publicUrl } = config
  const resource = defaultResourceOf(config)
  const issuerFetch = createIssuerFetch(config)
  const kubernetes = kubernetesRules(config, { fetch, issuerFetch })
  const own = { servers, publicUrl, resource, kubernetes, tokenLimits: toTokenLimits(config) }
  const { url: consoleUrl } = config.console
  const app = createAdminApp({ ...own, consoleUrl, store, clouds, operatorToken, fetch, issuerFetch, now, log })
  try {
    await adoptRows(store, { now, log })
    return await work(createClient((path, init) => app.request(path, init), operatorToken))
  } finally {
    await store.close()
  }
}

/** Long enough for another command to finish, and for a Sallyport that starts to say where it listens. */
const LOCK_WAIT_MS = 2_000
const LOCK_RETRY_MS = 50

async function openOrFindInstance(config: { database: string; sealingKey: Uint8Array }): Promise<Store | InstanceFile> {
  const patience = AbortSignal.timeout(LOCK_WAIT_MS)
  for (;;) {
    try {
      return await openStore({ url: config.database, sealingKey: config.sealingKey })
    } catch (error) {
      if (!(error instanceof DatabaseLocked)) throw error
      const instance = await readInstanceFile(error.file)
      // A file left by a killed Sallyport names a port that may be anybody's by now: only the lock's holder counts.
      if (instance && instance.pid === error.pid) return instance
      if (patience.aborted) throw error
      await sleep(LOCK_RETRY_MS)
    }
  }
}

/** The admin API of a running Sallyport. */
export function createHttpAdminClient(
  instance: { readonly adminUrl: string; readonly operatorToken: string; readonly pid?: number },
  fetch: Terminal['fetch'],
): AdminClient {
  const request: Request = (path, init) =>
    fetch(new URL(path, instance.adminUrl), { signal: AbortSignal.timeout(30_000), ...init, redirect: 'error' }).catch(
      () => {
        throw new CommandFailed(
          `The running Sallyport (process ${instance.pid ?? 'unknown'}) does not answer at ${instance.adminUrl}`,
        )
      },
    )
  return createClient(request, instance.operatorToken)
}

/** URLs drop such segments, however they are encoded: `members/..` would name, and remove, the whole teamspace. */
const DOT_SEGMENT = /\/\.{1,2}(?=[/?]|$)/

function createClient(request: Request, operatorToken: string): AdminClient {
  const authorization = `Bearer ${operatorToken}`
  const ask = async (path: string, init: RequestInit): Promise<Response> => {
    if (DOT_SEGMENT.test(path)) throw new CommandFailed('"." and ".." are nobody\'s name')
    return request(`/api/v1${path}`, init)
  }
  const stream = async (path: string, init: RequestInit): Promise<ReadableStream<Uint8Array>> => {
    const response = await ask(path, { ...init, headers: { ...init.headers, authorization }, signal: null })
    if (!response.ok) throw new CommandFailed(sayProblem(await response.json().catch(() => undefined), response.status))
    return response.body ?? new Blob([]).stream()
  }
  return {
    async send<Answer>(method: Method, path: string, body?: unknown, more: Readonly<Record<string, string>> = {}) {
      const headers = { ...more, authorization, ...(body !== undefined && { 'content-type': 'application/json' }) }
      const response = await ask(path, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const answer: unknown = await response.json().catch(() => undefined)
      if (!response.ok) throw new CommandFailed(sayProblem(answer, response.status))
      return answer as Answer
    },
    download: (path) => stream(path, {}),
    upload(path, file, type) {
      const headers = { 'content-type': type, accept: 'application/jsonl' }
      return stream(path, { method: 'POST', body: file, headers })
    },
  }
}

/** The problem's detail, and each field's own when it says more. */
function sayProblem(answer: unknown, status: number): string {
  const { detail, errors } = (answer ?? {}) as Partial<Problem>
  if (detail === undefined) return `The admin API answered ${status}`
  const fields = (errors ?? []).filter(({ says }) => says !== detail).map(({ path, says }) => `${path} ${says}`.trim())
  return fields.length === 0 ? detail : `${detail}: ${fields.join('; ')}`
}

function reasonOf(fields: object | undefined): string {
  const error = (fields as { error?: unknown } | undefined)?.error
  return error instanceof Error ? `: ${error.message}` : ''
}
