import { parseArgs } from 'node:util'
import { createMcpTokenStore, type McpTokenStore } from './mcp-token-store.ts'

export const TOKEN_USAGE = `  token mint --teamspace ID --name NAME   prints a new token, this once
  token list --teamspace ID               what there is, without the tokens
  token revoke --teamspace ID TOKEN_ID    refused from the next call on`

const FLAGS = {
  teamspace: { type: 'string' },
  name: { type: 'string' },
  'data-dir': { type: 'string' },
} as const

interface Output {
  /** What was asked for: a script may read it. */
  readonly out: (line: string) => void
  /** What a person should know about it. */
  readonly note: (line: string) => void
}

/** `findings token …`: the only way to a token. No caller of the server can mint, list or revoke one. */
export function runTokenCommand(argv: readonly string[], defaultDataDir: string, output: Output): void {
  const { values, positionals } = parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true, strict: true })
  const [command, id, ...rest] = positionals
  const { teamspace } = values
  if (teamspace === undefined) throw new TypeError('--teamspace ID is needed')
  if (rest.length > 0) throw new TypeError(`unexpected: ${rest.join(' ')}`)

  const store = createMcpTokenStore(values['data-dir'] ?? defaultDataDir)
  try {
    if (command === 'mint' && id === undefined) return mint(store, teamspace, values.name, output)
    if (command === 'list' && id === undefined) return list(store, teamspace, output)
    if (command === 'revoke' && id !== undefined) return revoke(store, teamspace, id, output)
  } finally {
    store.close()
  }
  throw new TypeError('token mint, token list or token revoke TOKEN_ID')
}

function mint(store: McpTokenStore, teamspace: string, name: string | undefined, { out, note }: Output) {
  if (name === undefined) throw new TypeError('--name NAME is needed')
  const { id, token } = store.mint(teamspace, name, 'command line')
  out(token)
  note(`Token ${id} of teamspace ${JSON.stringify(teamspace)}. It is shown this once.`)
}

function list(store: McpTokenStore, teamspace: string, { out }: Output) {
  for (const { id, prefix, name, createdAt, lastUsedAt, revoked } of store.list(teamspace)) {
    const state = revoked ? 'revoked' : 'active'
    out([id, `${prefix}…`, state, createdAt, lastUsedAt ?? 'never used', name].join('  '))
  }
}

function revoke(store: McpTokenStore, teamspace: string, id: string, { note }: Output) {
  // The same for a token of another teamspace, so that ids cannot be probed.
  if (!store.revoke(teamspace, id)) throw new Error(`There is no token ${JSON.stringify(id)} in this teamspace.`)
  note(`Token ${id} is revoked.`)
}
