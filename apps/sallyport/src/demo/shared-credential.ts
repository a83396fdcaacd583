import { hashMcpToken } from '@sallyport/verifier'
import type { McpTokenStore } from 'findings'
import { findKept, writePrivate } from './kept-file.ts'

const SCHEME = 'Bearer '
/** The server's own name for where callers go whom nobody knows; Sallyport knows nothing of it. */
const TEAMSPACE = 'demo'

/** A header value that the server behind takes, in a file that Sallyport reads; minted there when it is not good any more. */
export async function keepSharedCredential(file: string, tokens: McpTokenStore): Promise<void> {
  const kept = await findKept(file)
  if (kept?.startsWith(SCHEME) && tokens.find(hashMcpToken(kept.slice(SCHEME.length)))?.revoked === false) return
  const { token } = tokens.mint(TEAMSPACE, 'Sallyport demo', 'npm start')
  await writePrivate(file, SCHEME + token)
}
