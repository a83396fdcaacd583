import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client'
import type { HeadlessSignIn } from './sign-in.ts'

export type Era = '2026-07-28' | 'legacy'

/** Connects the official client, signing in on the way when it is asked to. */
export async function connect(url: string, signIn: HeadlessSignIn, era: Era): Promise<Client> {
  try {
    return await attempt(url, signIn, era)
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error
    const transport = new StreamableHTTPClientTransport(new URL(url), { authProvider: signIn })
    await transport.finishAuth(signIn.takeCallback())
    return attempt(url, signIn, era)
  }
}

async function attempt(url: string, authProvider: HeadlessSignIn, era: Era): Promise<Client> {
  const mode = era === 'legacy' ? 'legacy' : { pin: era }
  const client = new Client({ name: 'sallyport-tour', version: '1.0.0' }, { versionNegotiation: { mode } })
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }))
  return client
}
