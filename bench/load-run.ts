import type { LoadConnection } from './load-connection.ts'
import { createHistogram } from './statistics.ts'

export interface RunOptions {
  readonly seconds: number
  /** Calls are started at this pace; without it, each connection starts the next as soon as it has its answer. */
  readonly perSecond?: number
}

export interface RunResult {
  readonly calls: number
  readonly failed: number
  readonly seconds: number
  readonly p50: number
  readonly p99: number
}

const TICK_MILLISECONDS = 1
const GRACE_MILLISECONDS = 10_000

/** Plays runs over a set of connections. Every run ends with no call under way, so that CPU and calls match exactly. */
export function createPlayer() {
  const latency = createHistogram()
  const startedAt = new Map<LoadConnection, number>()
  const idle: LoadConnection[] = []
  let calls = 0
  let failed = 0
  let until = 0
  let paced = false
  let nextRequest: () => Buffer | undefined = () => undefined
  let onIdle: () => void = () => {}

  function start(connection: LoadConnection): void {
    const now = performance.now()
    const request = now < until ? nextRequest() : undefined
    if (request === undefined) return void rest(connection)
    startedAt.set(connection, now)
    connection.send(request)
  }
  function rest(connection: LoadConnection): void {
    idle.push(connection)
    if (idle.length === startedAt.size) onIdle()
  }

  return {
    add: (connection: LoadConnection): void => {
      startedAt.set(connection, 0)
      idle.push(connection)
    },
    onAnswer(ok: boolean, connection: LoadConnection): void {
      latency.record(performance.now() - (startedAt.get(connection) ?? 0))
      calls++
      if (!ok) failed++
      if (paced) rest(connection)
      else start(connection)
    },
    async run({ seconds, perSecond }: RunOptions, requests: () => Buffer | undefined): Promise<RunResult> {
      latency.reset()
      calls = failed = 0
      nextRequest = requests
      paced = perSecond !== undefined
      const began = performance.now()
      until = began + seconds * 1000
      if (perSecond === undefined) await playFlatOut()
      else await playPaced(perSecond, began)
      const took = (performance.now() - began) / 1000
      return {
        calls,
        failed,
        seconds: took,
        p50: latency.percentileMilliseconds(50),
        p99: latency.percentileMilliseconds(99),
      }
    },
    close(): void {
      for (const connection of startedAt.keys()) connection.close()
      startedAt.clear()
      idle.length = 0
    },
  }

  function allIdle(): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error('calls were left unanswered')),
        until - performance.now() + GRACE_MILLISECONDS,
      )
      onIdle = () => {
        clearTimeout(limit)
        onIdle = () => {}
        resolve()
      }
    })
  }

  function playFlatOut(): Promise<void> {
    const ended = allIdle()
    for (const connection of idle.splice(0)) start(connection)
    return ended
  }

  async function playPaced(perSecond: number, began: number): Promise<void> {
    let started = 0
    const ticks = setInterval(() => {
      const due = ((performance.now() - began) / 1000) * perSecond
      while (started < due && idle.length > 0 && performance.now() < until) {
        started++
        start(idle.pop() as LoadConnection)
      }
    }, TICK_MILLISECONDS)
    await new Promise((resolve) => setTimeout(resolve, until - began))
    clearInterval(ticks)
    if (idle.length < startedAt.size) await allIdle()
  }
}
