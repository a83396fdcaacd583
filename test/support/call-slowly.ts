import { request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { TOOLS_LIST } from './gate.ts'
import type { TestGate } from './gate.ts'

/** A call whose last byte is held back until `meanwhile` is done. */
export async function callSlowly({ mcpUrl }: TestGate, accessToken: string, meanwhile: () => Promise<unknown>) {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/json',
    'content-length': TOOLS_LIST.length,
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const call = request(mcpUrl, { method: 'POST', headers, agent: false }, resolve).on('error', reject)
  call.write(TOOLS_LIST.slice(0, -1))
  await sleep(150)
  await meanwhile()
  call.end(TOOLS_LIST.slice(-1))
  const answer = await promise
  return {
    status: answer.statusCode!,
    headers: new Headers(answer.headers as Record<string, string>),
    body: await text(answer),
  }
}
