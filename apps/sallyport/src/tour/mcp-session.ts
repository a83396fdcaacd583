import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import type { StreamableHTTPClientTransportOptions } from '@modelcontextprotocol/client'
import type { HeadlessSignIn } from './sign-in.ts'

export type Era = '2026-07-28' | 'legacy'
export type Headers = Readonly<Record<string, string>>

/** Connects the official client, signing in on the way when it is asked to. */
export const connect = (url: string, signIn: HeadlessSignIn, era: Era): Promise<Client> =>
  signingIn(url, signIn, () => attempt(url, { authProvider: signIn }, era))

/** Connects the official client with what a person pasted into its configuration. */
export const connectWith = (url: string, headers: Headers = {}): Promise<Client> =>
  attempt(url, { requestInit: { headers } }, '2026-07-28')

/** What a tool answers to a client that is then closed. */
export async function callTool(client: Client, name: string, input: object = {}): Promise<Record<string, unknown>> {
  try {
    return structured(await client.callTool({ name, arguments: { ...input } }))
  } finally {
    await client.close()
  }
}

/** The names of all tools that a server lists, to a client that is then closed. */
export async function listTools(client: Client): Promise<string[]> {
  try {
    const { tools } = await client.listTools()
    return tools.map(({ name }) => name)
  } finally {
    await client.close()
  }
}

/** Calls a tool, signing in for more scopes when a challenge names them (MCP, "Step-Up Authorization Flow"). */
export const callSteppingUp = (url: string, signIn: HeadlessSignIn, name: string, input: object) =>
  signingIn(url, signIn, async () => callTool(await connect(url, signIn, '2026-07-28'), name, input))

/** Once more with what the sign-in gave, when the client was sent to one. */
async function signingIn<Result>(url: string, signIn: HeadlessSignIn, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error
    const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: signIn })
    await transport.finishAuth(signIn.takeCallback())
    return work()
  }
}

async function attempt(url: string, options: StreamableHTTPClientTransportOptions, era: Era): Promise<Client> {
  const mode = era === 'legacy' ? 'legacy' : { pin: era }
  const client = new Client({ name: 'sallyport-tour', version: '1.0.0' }, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), options))
  return client
}

const structured = (result: unknown): Record<string, unknown> => {
  const { structuredContent, content } = result as { structuredContent?: object; content?: { text?: string }[] }
  return (structuredContent ?? JSON.parse(content?.[0]?.text ?? '{}')) as Record<string, unknown>
}
