import { setTimeout as sleep } from 'node:timers/promises'
import { failure, isFailure } from './group-sync.ts'
import type { SyncedGroup, SyncFailure } from './group-sync.ts'
import { explainNoPage, profilesHidden } from './explain-graph.ts'
import { fetchMemberPage } from './member-page.ts'
import type { GraphUser, MemberPage, PageRequest } from './member-page.ts'

export const MAX_MEMBERS = 100_000
/** Graph may give shorter pages than it was asked for. */
const MAX_PAGES = 2_000
const MAX_LINK = 8_192
const TRIES = 5
export const MAX_WAIT_SECONDS = 120

export interface GraphGroup extends SyncedGroup {
  /** Where Microsoft Graph is, without a trailing slash. */
  readonly graph: string
}

export interface Reading extends PageRequest {
  /** Called before each request: a run that has lost its turn ends. */
  readonly stillOurs: () => Promise<SyncFailure | undefined>
  /** What was read, before the next page is asked for. A failure ends the reading. */
  readonly take: (users: readonly GraphUser[]) => Promise<SyncFailure | undefined>
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<unknown>
}

export interface WholeGroup {
  /** Everybody in the group: object ids. */
  readonly ids: ReadonlySet<string>
  /** Fewer came than Graph had announced. */
  readonly isShort: boolean
}

const SELECTED = 'id,mail,userPrincipalName,displayName,accountEnabled'

export function membersUrl({ graph, groupId, members }: GraphGroup, top: number): URL {
  const list = members === 'transitive' ? 'transitiveMembers' : 'members'
  const url = new URL(`${graph}/v1.0/groups/${groupId}/${list}/microsoft.graph.user`)
  url.search = `$select=${SELECTED}&$count=true&$top=${top}`
  return url
}

/** The whole group, page by page, or why not. What was taken before a failure is no reason to take anybody out. */
export async function readMembers(group: GraphGroup, reading: Reading): Promise<WholeGroup | SyncFailure> {
  const ids = new Set<string>()
  const asked = new Set<string>()
  let announced: number | undefined
  let url = membersUrl(group, 999)
  while (asked.size < MAX_PAGES) {
    asked.add(url.href)
    const page = await fetchPatiently(url, group, reading)
    if (isFailure(page)) return page
    announced ??= page.total
    if (ids.size + page.users.length > MAX_MEMBERS || (announced ?? 0) > MAX_MEMBERS) return TOO_LARGE
    if (hidesProfiles(page.users)) return profilesHidden(announced ?? ids.size + page.users.length)
    const fresh = page.users.filter(({ id }) => !ids.has(id) && ids.add(id))
    const stopped = await reading.take(fresh)
    if (stopped) return stopped
    if (page.next === undefined) return { ids, isShort: ids.size < (announced ?? 0) }
    const next = followable(page.next, group.graph)
    if (!next) return failure('graph_unavailable', 'Microsoft Graph named a next page that is not its own.')
    if (asked.has(next.href)) return failure('graph_unavailable', 'The pages of Microsoft Graph lead in a circle.')
    url = next
  }
  return failure('graph_unavailable', 'Microsoft Graph gave too many pages.')
}

const TOO_LARGE = failure(
  'group_too_large',
  `The group has more than ${MAX_MEMBERS.toLocaleString('en')} members. Choose a smaller one.`,
)

/** Without `User.ReadBasic.All` members come, but with nothing about them (S2E-04). */
export const hidesProfiles = (users: readonly GraphUser[]): boolean =>
  users.length > 0 &&
  users.every(
    ({ mail, userPrincipalName, displayName }) => mail === null && userPrincipalName === null && displayName === null,
  )

/** Waits when Graph asks to, within reason (S2E-07). */
async function fetchPatiently(url: URL, group: GraphGroup, reading: Reading): Promise<MemberPage | SyncFailure> {
  const { signal, pause = wait } = reading
  for (let tries = 1; ; tries++) {
    const lost = await reading.stillOurs()
    if (lost) return lost
    const answer = await fetchMemberPage(url, reading)
    if ('users' in answer) return answer
    if (signal.aborted) return (await reading.stillOurs()) ?? explainNoPage(answer, group)
    const { status, retryAfterSeconds = Math.min(2 ** tries, 30) } = answer
    const asksToWait = status === 429 || status === 503
    if (!asksToWait || tries === TRIES || retryAfterSeconds > MAX_WAIT_SECONDS) return explainNoPage(answer, group)
    await pause(retryAfterSeconds * 1000, signal)
  }
}

/** Whoever asks next sees that it was cut short. */
const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => undefined)

/** The token goes to Graph and nowhere else, whatever a page names. */
function followable(text: string, graph: string): URL | undefined {
  const url = URL.parse(text)
  const own = new URL(`${graph}/v1.0/`)
  if (!url || text.length > MAX_LINK || url.origin !== own.origin) return undefined
  const isOwn = url.pathname.startsWith(own.pathname) && url.username === '' && url.password === ''
  return isOwn ? url : undefined
}
