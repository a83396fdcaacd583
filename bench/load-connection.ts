import { connect, type Socket } from 'node:net'
import { messageLength } from './http-message.ts'

export interface LoadConnection {
  send(request: Buffer): void
  close(): void
}

/** Sockets read into this one buffer: its bytes are used or copied before the next read. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024)
const OK = Buffer.from('HTTP/1.1 200')

/** One keep-alive connection with one call at a time. `onAnswer` learns whether it was a 200; a lost one counts as not. */
export function openConnection(
  port: number,
  onAnswer: (ok: boolean, connection: LoadConnection) => void,
): Promise<LoadConnection> {
  let waiting: Buffer | undefined
  let busy = false
  let closed = false

  function receive(bytes: Buffer): void {
    const all = waiting ? Buffer.concat([waiting, bytes]) : bytes
    const length = messageLength(all)
    if (length < 0) waiting = waiting ? all : Buffer.from(all)
    else {
      waiting = undefined
      answer(length === all.length && all.compare(OK, 0, OK.length, 0, OK.length) === 0)
    }
  }
  function answer(ok: boolean): void {
    if (!busy) return
    busy = false
    onAnswer(ok, connection)
  }

  const socket: Socket = connect({
    port,
    host: '127.0.0.1',
    noDelay: true,
    onread: { buffer: READ_BUFFER, callback: (size) => (receive(READ_BUFFER.subarray(0, size)), true) },
  })
  const connection: LoadConnection = {
    send(request) {
      busy = true
      if (closed) setTimeout(answer, 10, false)
      else socket.write(request)
    },
    close: () => socket.destroy(),
  }
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(connection))
    socket.on('error', reject)
    socket.on('close', () => {
      closed = true
      answer(false)
    })
  })
}
