import { createHash } from 'node:crypto'
import { BoundedMap } from '@sallyport/verifier'
import type { ToolClass } from './tool-class.ts'
import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import { whenReady } from '../store/when-ready.ts'
import type { Awaitable } from '../store/when-ready.ts'
import { readToolList } from './heard-tool.ts'
import type { HeardTools } from './heard-tool.ts'
import { serverToolRepository } from './server-tool-repository.ts'
import { createToolQueue } from './tool-queue.ts'
import { pruneTools, writeTools } from './write-tools.ts'

/** An answer to a request for a list of tools, from the server itself. */
export interface HeardAnswer {
  readonly teamspaceId: string
  readonly server: string
  /** Of the requests that it may be an answer to. */
  readonly ids: ReadonlySet<string | number>
  /** JSON, as the server sent it. */
  readonly message: Buffer
}

export interface ToolCatalogue {
  /** Classes of the tools that the server was heard to offer in this teamspace; undefined when nobody has heard of any. */
  find(teamspaceId: string, server: string): Awaitable<ReadonlyMap<string, ToolClass> | undefined>
  /** Learns from an answer, a moment later. Never throws and never waits: it stands in the path of every list. */
  heard(answer: HeardAnswer): void
  /** Writes what waits to be written. */
  close(): Promise<void>
}

export interface ToolCatalogueOptions {
  readonly store: Store
  readonly now: () => number
  readonly log: (message: string, fields?: object) => void
  readonly flushEveryMs?: number
}

/** How long the same list teaches nothing new; it then says again that its tools are still there. */
const SAME_FOR_MS = 12 * 3600 * 1000
/** Lists of one teamspace that are remembered: of its servers, their pages, and what different people see of them. */
const MAX_LISTS = 200
const MAX_ANSWERS_WAITING = 100
const PRUNE_EVERY_MS = 3600 * 1000

interface Known {
  readonly teamspaceId: string
  readonly classes: ReadonlyMap<string, ToolClass>
}

export function createToolCatalogue({ store, now, log, ...timing }: ToolCatalogueOptions): ToolCatalogue {
  const known = cachedLookup<Known>({
    changes: store.changes,
    kinds: ['tools', 'teamspace'],
    teamspaceOf: ({ teamspaceId }) => teamspaceId,
    now,
    maxEntries: 1_000, // each may be thousands of names
  })
  const lists = new BoundedMap<BoundedMap<number>>(1_000)
  let answersWaiting = 0
  let prunedAt = 0

  const queue = createToolQueue({
    ...timing,
    log,
    onLost: ({ teamspaceId }) => lists.delete(teamspaceId),
    async write(heard) {
      await writeTools(store, heard, now())
      if (now() - prunedAt < PRUNE_EVERY_MS) return
      prunedAt = now()
      await pruneTools(store, prunedAt)
    },
  })

  // Somebody heard otherwise since, so an old list is news again: the newest word is what holds.
  store.changes.subscribe((change) => {
    if (change.kind === 'tools') lists.delete(change.teamspaceId)
    if (change.kind === 'everything') lists.clear()
  })

  function learn(answer: HeardAnswer): void {
    const { teamspaceId, server, message, ids } = answer
    const lately = lists.get(teamspaceId) ?? new BoundedMap<number>(MAX_LISTS)
    const list = `${server}\n${digestOf(message)}`
    const at = lately.get(list)
    if (at !== undefined && now() - at < SAME_FOR_MS) return
    const tools = readToolList(message, ids)
    if (tools.size === 0 || !queue.add({ teamspaceId, server, tools })) return
    lately.set(list, now())
    lists.set(teamspaceId, lately)
  }

  const load = async (teamspaceId: string, server: string): Promise<Known | undefined> => {
    const classes = await serverToolRepository(store.db, teamspaceId).classes(server)
    return classes.size === 0 ? undefined : { teamspaceId, classes }
  }

  return {
    find(teamspaceId, server) {
      const found = known.get(`${teamspaceId}\n${server}`, () => load(teamspaceId, server))
      const waiting = queue.waiting(teamspaceId, server)
      return whenReady(found, (stored) => (waiting ? merge(stored?.classes, waiting) : stored?.classes))
    },
    heard(answer) {
      if (answersWaiting >= MAX_ANSWERS_WAITING) return
      answersWaiting++
      setImmediate(() => {
        answersWaiting--
        try {
          learn(answer)
        } catch (error) {
          log('What a server says of its tools cannot be read', { error, server: answer.server })
        }
      })
    },
    close: () => queue.close(),
  }
}

/** Of the list without what stands around it, such as the id of the request. */
const digestOf = (message: Buffer): string =>
  createHash('sha256')
    .update(message.subarray(message.indexOf('"tools"'), message.lastIndexOf(']') + 1))
    .digest('base64')

const merge = (stored: ReadonlyMap<string, ToolClass> | undefined, waiting: HeardTools): Map<string, ToolClass> =>
  new Map([...(stored ?? []), ...Array.from(waiting, ([name, tool]) => [name, tool.class] as const)])
