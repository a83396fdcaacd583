import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { messageLength } from './http-message.ts'
import { ANSWER, eventAt } from './messages.ts'
import { answerCalls } from './worker-call.ts'

/**
 * The MCP server behind every proxy: answers a POST with JSON and a GET with an event stream that speaks on command.
 * Written on bare sockets, because node:http would be the bottleneck in front of nginx and HAProxy.
 */
const ANSWER_BYTES = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nserver: bench\r\n' +
    `content-length: ${Buffer.byteLength(ANSWER)}\r\n\r\n${ANSWER}`,
)
const STREAM_HEAD =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n'

const streams = new Set<Socket>()

const server = createServer({ noDelay: true }, (socket) => {
  let waiting: Buffer | undefined
  socket.on('data', (chunk) => {
    let bytes = waiting ? Buffer.concat([waiting, chunk]) : chunk
    for (let length = messageLength(bytes); length > 0; length = messageLength(bytes)) {
      if (bytes[0] === 0x47 /* G, of GET */) openStream(socket)
      else socket.write(ANSWER_BYTES)
      bytes = bytes.subarray(length)
      if (bytes.length === 0) break
    }
    waiting = bytes.length > 0 ? bytes : undefined
  })
  socket.on('error', () => socket.destroy())
})

function openStream(socket: Socket): void {
  streams.add(socket)
  socket.on('close', () => streams.delete(socket))
  socket.write(STREAM_HEAD)
}

const handlers = {
  listen: async () => {
    server.listen(0, '127.0.0.1', 8192)
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  },
  openStreams: () => streams.size,
  /** One event at a time, each to another stream: the way a mostly silent population of streams behaves. */
  emit: async ({ count, everyMilliseconds }: { count: number; everyMilliseconds: number }) => {
    const all = [...streams]
    for (let sent = 0; sent < count && all.length > 0; sent++) {
      const event = eventAt(process.hrtime.bigint())
      all[(sent * 7919) % all.length]?.write(`${event.length.toString(16)}\r\n${event}\r\n`)
      await sleep(everyMilliseconds)
    }
    return all.length > 0 ? count : 0
  },
}

export type UpstreamHandlers = typeof handlers

answerCalls(handlers)
