import { fileURLToPath } from 'node:url'
import { startChild } from '../children.ts'
import { untilWritten } from '../ports.ts'
import type { Row } from './row.ts'

const PROGRAM = fileURLToPath(new URL('../bare-proxy.ts', import.meta.url))

export const bareNode: Row = {
  name: 'node',
  title: 'bare Node proxy, no checks',
  checks: false,
  absent: () => undefined,
  async start({ core, node, nodeArguments, upstreamPort }) {
    const child = startChild(node, [...nodeArguments, PROGRAM, `http://127.0.0.1:${upstreamPort}`], { core, ipc: true })
    const [, port] = await untilWritten(child, /listening on (\d+)/)
    return { target: { port: Number(port), path: '/mcp' }, child }
  },
}
