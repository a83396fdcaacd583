import type { DemoFile } from '../demo/demo-files.ts'
import { callTool, connectWith } from './mcp-session.ts'
import type { Headers } from './mcp-session.ts'
import { allowed, expect, post, refused } from './step.ts'
import type { TourStep } from './step.ts'

/** Servers whose callers prove nothing here: a gateway in front did, or nobody does. */
export function unprovenSteps({ gateway, open }: DemoFile, fetcher: typeof fetch): TourStep[] {
  const sentinel = { [gateway.header]: gateway.secret }
  const spoofed = { 'x-ms-client-principal': claimToBe('ada@acme.example'), 'x-ms-client-principal-name': 'ada' }
  const call = (headers?: Headers) => post(fetcher, gateway.mcpUrl, headers)
  const whoami = async (url: string, headers?: Headers) => callTool(await connectWith(url, headers), 'whoami')

  return [
    {
      title: 'behind a gateway, only what shows its secret is let in',
      run: async () =>
        `${await allowed(await call(sentinel))}, without it ${await refused(await call(), 'sentinel_invalid')}`,
    },
    {
      title: 'a made-up X-MS-CLIENT-PRINCIPAL changes nothing, with or without the secret',
      async run() {
        const without = await refused(await call(spoofed), 'sentinel_invalid')
        const [plain, claimed] = [
          await whoami(gateway.mcpUrl, sentinel),
          await whoami(gateway.mcpUrl, { ...sentinel, ...spoofed }),
        ]
        expect(JSON.stringify(claimed) === JSON.stringify(plain), `the server saw ${JSON.stringify(claimed)}`)
        return `without it ${without.slice(0, 3)}, with it the server saw the same as before`
      },
    },
    {
      title: 'a server that asks nobody answers anybody, on this machine only',
      async run() {
        const seen = await whoami(open.mcpUrl)
        return `no credential; the server behind saw one of Sallyport's, for teamspace ${String(seen['teamspaceId'])}`
      },
    },
  ]
}

/** As App Service would write it (Easy Auth). */
const claimToBe = (name: string) =>
  Buffer.from(JSON.stringify({ auth_typ: 'aad', claims: [{ typ: 'name', val: name }] })).toString('base64')
