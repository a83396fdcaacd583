import { setTimeout as sleep } from 'node:timers/promises'
import { endChild } from './children.ts'
import type { Lab } from './lab.ts'
import type { Target } from './requests.ts'
import { residentMegabytes } from './process-usage.ts'
import type { Row } from './rows/row.ts'

export interface StreamResult {
  readonly title: string
  readonly streams: number
  readonly megabytesBefore: number
  readonly megabytes: number
  readonly p50: number
  readonly p99: number
  readonly lost: number
  /** Streams still open at the upstream after every client went away. */
  readonly leaked: number
}

const EVENTS = 1500
const EVERY_MILLISECONDS = 2

/** Idle event streams: what they weigh, how long an event takes, and whether all of them end with their clients. */
export async function measureStreams(
  lab: Lab,
  rows: readonly Row[],
  count: number,
  progress: (text: string) => void,
): Promise<StreamResult[]> {
  const direct = { port: lab.setting.upstreamPort, path: '/mcp' }
  progress('streams: direct')
  const results = [{ title: 'direct', megabytesBefore: NaN, ...(await holdStreams(lab, direct, count)) }]
  for (const row of rows) {
    progress(`streams: ${row.title}`)
    results.push({ title: row.title, ...(await throughNewProcess(lab, row, count)) })
  }
  return results
}

/** A process of its own: memory left over from the rounds would count as the streams'. */
async function throughNewProcess(lab: Lab, row: Row, count: number) {
  const { target, child } = await row.start(lab.setting)
  const [load] = lab.loads
  await load('connect', { target, connections: 10 })
  await load('run', { seconds: 1 })
  await load('disconnect', undefined)
  const megabytesBefore = residentMegabytes(child.pid)
  const held = await holdStreams(lab, target, count, child.pid)
  await endChild(child)
  return { megabytesBefore, ...held }
}

async function holdStreams({ loads: [load], upstream }: Lab, target: Target, count: number, pid?: number) {
  const streams = await load('openStreams', { target, count })
  await sleep(1000)
  const sent = await upstream('emit', { count: EVENTS, everyMilliseconds: EVERY_MILLISECONDS })
  await sleep(200)
  const { received, p50, p99 } = await load('takeDelays', undefined)
  const megabytes = pid === undefined ? NaN : residentMegabytes(pid)
  await load('closeStreams', undefined)
  return { streams, megabytes, p50, p99, lost: sent - received, leaked: await streamsLeft(upstream) }
}

async function streamsLeft(upstream: Lab['upstream']): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    if ((await upstream('openStreams', undefined)) === 0) return 0
    await sleep(100)
  }
  return upstream('openStreams', undefined)
}
