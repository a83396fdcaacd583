import type { Change, ChangeFeed } from '../../store/change-feed.ts'
import type { RecordedCall } from '../call.ts'
import { createLanes, inTurns } from './lanes.ts'
import { createTurns } from './turns.ts'
import type { Ending, StreamJudge, Verdict } from './verdict.ts'

/** An answer that goes on for as long as its client and its server like. */
export interface OpenStream {
  readonly call: RecordedCall
  /** Ends it for both. */
  cut(code: string): void
}

/** How soon and how often streams are judged again, in milliseconds. */
export interface Pace {
  /** Between looks at which streams are due. */
  readonly lookMs: number
  /** From a change to the first look, so that a burst of them is one. */
  readonly soonMs: number
  /** At least between two judgements of one stream, however much changes. */
  readonly restMs: number
  /** At most between two judgements of one stream, however little changes. */
  readonly patrolMs: number
  /** How long a stream stays open while nobody can tell whether it may. */
  readonly graceMs: number
}

export const PACE: Pace = { lookMs: 1_000, soonMs: 100, restMs: 2_000, patrolMs: 300_000, graceMs: 60_000 }

/** Of two connections that are closed, after whoever cut the stream has returned. */
const CUT_COST_MS = 0.2

/** Teamspaces whose last change is remembered. */
const MAX_CHANGED = 10_000

/** Changes that may end somebody's right. What the patrol finds soon enough is not among them, such as a tool's new class. */
const RIGHTS: ReadonlySet<Change['kind']> = new Set(['teamspace', 'connection', 'member', 'mcp_token', 'policy'])

export interface OpenStreamsOptions {
  readonly changes: ChangeFeed
  /** Told of each stream that was cut, when it is. */
  readonly onCut: (call: RecordedCall, ending: Ending) => void
  /** Milliseconds since the epoch. */
  readonly now: () => number
  /** Milliseconds that only ever grow, as `startedAt` of calls has them. */
  readonly ticks?: () => number
  readonly pace?: Partial<Pace>
}

export interface OpenStreams {
  /** From now on it is judged again whenever something changed; the right to it counts since its call began. */
  add(stream: OpenStream): void
  /** It has ended. */
  delete(stream: OpenStream): void
  /** Puts another configuration in force: all streams are judged by it. */
  judgeBy(judge: StreamJudge): void
  close(): void
}

/** What is known of an open stream. */
interface Watched {
  readonly stream: OpenStream
  readonly teamspaceId: string
  /** When the judgement began that let it go on last; what changed since is not in it. */
  askedAt: number
  /** Not to be judged again before. */
  restsUntil: number
  patrolAt: number
  /** When its credential ends, in milliseconds since the epoch. */
  endsAt: number
  /** Since when nobody knows whether it may go on. */
  doubtSince: number | undefined
  isAsked: boolean
  /** Why nobody could tell. */
  unknown: Ending | undefined
}

/** All event streams of this process, each with a right to be open that somebody may take away. */
export function createOpenStreams(options: OpenStreamsOptions): OpenStreams {
  const { changes, onCut, now, ticks = () => performance.now() } = options
  const { lookMs, soonMs, restMs, patrolMs, graceMs } = { ...PACE, ...options.pace }
  const all = new Map<OpenStream, Watched>()
  const changedAt = new Map<string, number>()
  const turns = createTurns()
  const lanes = createLanes(turns, judgeAgain)
  let allChangedAt = -Infinity
  let judge: StreamJudge
  let soon: NodeJS.Timeout | undefined

  const unsubscribe = changes.subscribe((change) => {
    if (change.kind !== 'everything' && !RIGHTS.has(change.kind)) return
    hear(change.kind === 'everything' ? undefined : change.teamspaceId)
  })
  const looking = setInterval(look, lookMs).unref()

  /** Costs the same with many streams as with none. */
  function hear(teamspaceId: string | undefined): void {
    if (teamspaceId === undefined || changedAt.size >= MAX_CHANGED) {
      changedAt.clear()
      allChangedAt = ticks()
    } else changedAt.set(teamspaceId, ticks())
    if (all.size > 0) lookSoon()
  }

  function lookSoon(): void {
    soon ??= setTimeout(() => {
      soon = undefined
      look()
    }, soonMs).unref()
  }

  const isOutdated = ({ teamspaceId, askedAt }: Watched): boolean =>
    Math.max(allChangedAt, changedAt.get(teamspaceId) ?? -Infinity) >= askedAt

  /** Finds what is due. That a stream ends at a time needs no timer of its own. */
  function look(): void {
    const [at, clock] = [ticks(), now()]
    const overdue: Watched[] = []
    for (const watched of all.values()) {
      const { doubtSince, patrolAt, endsAt, restsUntil, isAsked } = watched
      if (doubtSince === undefined) {
        if (at < patrolAt && clock < endsAt && !isOutdated(watched)) continue
        watched.doubtSince = at
      } else if (at - doubtSince >= graceMs) {
        overdue.push(watched)
        continue
      }
      if (!isAsked && at >= restsUntil) ask(watched)
    }
    void inTurns(turns, overdue, (watched) => cut(watched, watched.unknown ?? unheardOf(watched)))
  }

  function ask(watched: Watched): void {
    watched.isAsked = true
    lanes.add(watched.teamspaceId, watched)
  }

  async function judgeAgain(watched: Watched): Promise<void> {
    const { stream } = watched
    if (!all.has(stream)) return
    const askedAt = ticks()
    const verdict = await judge.judge(stream.call)
    watched.isAsked = false
    take(watched, verdict, askedAt)
  }

  function take(watched: Watched, verdict: Verdict, askedAt: number): void {
    watched.restsUntil = askedAt + restMs
    if (verdict.is === 'refused') return cut(watched, verdict.ending)
    if (verdict.is === 'unknown') return void (watched.unknown = verdict.ending)
    const { endsAt } = verdict
    Object.assign(watched, {
      askedAt,
      endsAt,
      patrolAt: nextPatrol(askedAt),
      doubtSince: undefined,
      unknown: undefined,
    })
  }

  function cut({ stream }: Watched, ending: Ending): void {
    if (!all.delete(stream)) return
    turns.charge(CUT_COST_MS)
    stream.cut(ending.code)
    onCut(stream.call, ending)
  }

  /** Streams that were opened together, as after a restart, are not judged together for ever. */
  const nextPatrol = (at: number): number => at + patrolMs * (0.5 + Math.random() / 2)

  return {
    add(stream) {
      const { principal, proof, record } = stream.call
      const watched: Watched = {
        stream,
        teamspaceId: principal.teamspaceId ?? '',
        askedAt: record.startedAt,
        restsUntil: -Infinity,
        patrolAt: nextPatrol(ticks()),
        endsAt: judge.endOf(proof),
        doubtSince: undefined,
        isAsked: false,
        unknown: undefined,
      }
      all.set(stream, watched)
      if (isOutdated(watched)) lookSoon() // its server took its time, and its caller may be gone
    },
    delete: (stream) => void all.delete(stream),
    judgeBy(next) {
      judge = next
      hear(undefined)
    },
    close() {
      unsubscribe()
      clearInterval(looking)
      clearTimeout(soon)
    },
  }
}

/** Nobody answered at all. */
const unheardOf = ({ stream }: Watched): Ending => ({
  record: stream.call.record,
  decision: 'fault',
  code: 'internal',
  detail: { detail: 'whether it may go on could not be found out in time' },
})
