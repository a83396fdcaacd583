import { fileURLToPath } from 'node:url'
import { startChild } from './children.ts'
import type { Cores } from './cores.ts'
import { startKeyServer } from './key-server.ts'
import type { LoadHandlers } from './load.ts'
import type { Options } from './options.ts'
import { bareNode } from './rows/node.ts'
import { gate, gateFresh, gateOf, gateRuled } from './rows/gate.ts'
import { haproxy, haproxyJwt } from './rows/haproxy.ts'
import { nginx } from './rows/nginx.ts'
import type { Proxy, Row, Setting } from './rows/row.ts'
import { freshTokenId, mintToken } from './tokens.ts'
import type { UpstreamHandlers } from './upstream.ts'
import { createCaller } from './worker-call.ts'

const MEMBERS = 1000

/** The rows that were asked for. */
export const rowsOf = ({ only, other }: Pick<Options, 'only' | 'other'>): Row[] =>
  [
    nginx,
    haproxy,
    haproxyJwt,
    bareNode,
    gate,
    gateRuled,
    gateFresh,
    ...(other === undefined ? [] : [gateOf(other)]),
  ].filter(({ name }) => only.includes(name))

export type LoadProcess = ReturnType<typeof createCaller<LoadHandlers>>

/** What stands around the proxies: upstream, key server and load processes. */
export interface Lab {
  readonly setting: Setting
  readonly upstream: ReturnType<typeof createCaller<UpstreamHandlers>>
  readonly loads: readonly [LoadProcess, ...LoadProcess[]]
}

export interface RunningRow {
  readonly row: Row
  readonly proxy: Proxy
}

export async function openLab(options: Options, cores: Cores, folder: string): Promise<Lab> {
  const { issuer, server } = await startKeyServer()
  server.unref()
  const upstream = createCaller<UpstreamHandlers>(startWorker('upstream.ts', cores.upstream))
  const tokens = Array.from({ length: MEMBERS }, (_, member) => mintToken(issuer, member, freshTokenId()))
  const loads = await Promise.all(
    cores.load.map(async (core, index) => {
      const load = createCaller<LoadHandlers>(startWorker('load.ts', core))
      await load('useTokens', { tokens, offset: Math.floor((index * MEMBERS) / cores.load.length) })
      return load
    }),
  )
  const upstreamPort = await upstream('listen', undefined)
  const setting: Setting = {
    ...{ folder, core: cores.proxy, upstreamPort, issuer, members: MEMBERS },
    ...{ node: options.node, nodeArguments: [] },
  }
  return { setting, upstream, loads: loads as [LoadProcess, ...LoadProcess[]] }
}

function startWorker(file: string, core: number | undefined) {
  const program = fileURLToPath(new URL(file, import.meta.url))
  return startChild(process.execPath, [program], { core, ipc: true }).process
}
