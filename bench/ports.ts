import { once } from 'node:events'
import { connect, createServer, type AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Child } from './children.ts'

/** A port that was free a moment ago, for programs that cannot pick one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves when the child accepts connections; rejects with what it said when it ends or takes too long. */
export async function untilListening(child: Child, port: number): Promise<void> {
  for (let tries = 0; tries < 200 && child.process.exitCode === null; tries++) {
    if (await accepts(port)) return
    await sleep(50)
  }
  throw new Error(`${child.process.spawnfile} does not listen on ${port}: ${child.output()}`)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => (socket.destroy(), resolve(true)))
    socket.once('error', () => resolve(false))
  })
}

/** Resolves with the first match in what the child writes. */
export async function untilWritten(child: Child, pattern: RegExp, milliseconds = 30_000): Promise<RegExpExecArray> {
  const deadline = Date.now() + milliseconds
  while (Date.now() < deadline && child.process.exitCode === null) {
    const match = pattern.exec(child.output())
    if (match) return match
    await sleep(20)
  }
  throw new Error(`${child.process.spawnargs.join(' ')} never wrote ${pattern}: ${child.output()}`)
}
