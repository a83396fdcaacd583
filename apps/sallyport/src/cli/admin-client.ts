import { randomBytes } from 'node:crypto'
import { createAdminApp } from '../admin/admin-app.ts'
import type { Problem } from '../admin/problem.ts'
import { withMicrosoftClouds } from '../connections/clouds.ts'
import { readInstanceFile } from '../store/instance-file.ts'
import { DatabaseLocked } from '../store/sqlite-lock.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import { CommandFailed } from './terminal.ts'
import type { Terminal } from './terminal.ts'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'
type Request = (path: string, init: RequestInit) => Response | Promise<Response>

/** The admin API, whoever serves it. Throws `CommandFailed` with what a problem says. */
export interface AdminClient {
  send<Answer>(method: Method, path: string, body?: unknown): Promise<Answer>
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
  const store = await openUnlessLocked(config)
  if (store instanceof DatabaseLocked) return work(await remoteClient(terminal, store))
  const operatorToken = randomBytes(32).toString('base64url')
  const { fetch, now } = terminal
  const log = (message: string, fields?: object) => terminal.err(`${message}${reasonOf(fields)}`)
  const app = createAdminApp({ store, clouds: withMicrosoftClouds(config.clouds), operatorToken, fetch, now, log })
  try {
    return await work(createClient((path, init) => app.request(path, init), operatorToken))
  } finally {
    await store.close()
  }
}

function openUnlessLocked(config: { database: string; sealingKey: Uint8Array }): Promise<Store | DatabaseLocked> {
  return openStore({ url: config.database, sealingKey: config.sealingKey }).catch((error: unknown) => {
    if (error instanceof DatabaseLocked) return error
    throw error
  })
}

async function remoteClient({ fetch }: Terminal, locked: DatabaseLocked): Promise<AdminClient> {
  const instance = await readInstanceFile(locked.file)
  if (!instance) throw new CommandFailed(locked.message)
  return createHttpAdminClient(instance, fetch)
}

/** The admin API of a running Sallyport. */
export function createHttpAdminClient(
  instance: { readonly adminUrl: string; readonly operatorToken: string; readonly pid?: number },
  fetch: Terminal['fetch'],
): AdminClient {
  const request: Request = (path, init) =>
    fetch(new URL(path, instance.adminUrl), { ...init, redirect: 'error', signal: AbortSignal.timeout(30_000) }).catch(
      () => {
        throw new CommandFailed(
          `The running Sallyport (process ${instance.pid ?? 'unknown'}) does not answer at ${instance.adminUrl}`,
        )
      },
    )
  return createClient(request, instance.operatorToken)
}

function createClient(request: Request, operatorToken: string): AdminClient {
  return {
    async send<Answer>(method: Method, path: string, body?: unknown) {
      const headers = {
        authorization: `Bearer ${operatorToken}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      }
      const response = await request(`/api/v1${path}`, {
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      const answer: unknown = await response.json().catch(() => undefined)
      if (!response.ok) throw new CommandFailed(sayProblem(answer, response.status))
      return answer as Answer
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
