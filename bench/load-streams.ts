import { connect, type Socket } from 'node:net'
import { leaveTimes } from './messages.ts'
import { percentile } from './statistics.ts'

const OPENING_AT_ONCE = 50
const OPEN_TIMEOUT_MILLISECONDS = 20_000

/** Many open event streams; each event carries the time it left the upstream. */
export function createStreams() {
  const sockets: Socket[] = []
  let delays: number[] = []

  function openOne(port: number, request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true })
      const late = setTimeout(() => fail('no head arrived in time'), OPEN_TIMEOUT_MILLISECONDS)
      const fail = (why: string) => {
        clearTimeout(late)
        socket.destroy()
        reject(new Error(`event stream: ${why}`))
      }
      socket.on('error', (error) => fail(error.message))
      socket.on('close', () => fail('closed early'))
      socket.once('connect', () => socket.write(request))
      socket.once('data', (head) => {
        if (!/^HTTP\/1\.1 200 /.test(head.toString('latin1', 0, 20))) return fail(head.toString('latin1', 0, 40))
        clearTimeout(late)
        sockets.push(socket)
        socket.on('data', note)
        resolve()
      })
    })
  }
  function note(chunk: Buffer): void {
    const now = process.hrtime.bigint()
    for (const left of leaveTimes(chunk.toString('latin1'))) delays.push(Number(now - left) / 1e6)
  }

  return {
    async open(port: number, requests: readonly Buffer[]): Promise<number> {
      const left = requests.values()
      const opener = async () => {
        for (const request of left) await openOne(port, request)
      }
      await Promise.all(Array.from({ length: OPENING_AT_ONCE }, opener))
      return sockets.length
    },
    /** What has arrived since the last time this was asked. */
    takeDelays() {
      const taken = delays
      delays = []
      return { received: taken.length, p50: percentile(taken, 50), p99: percentile(taken, 99) }
    },
    close(): void {
      for (const socket of sockets.splice(0)) socket.destroy()
    },
  }
}
