export interface ClientSnippet {
  readonly client: string
  /** Where it goes. */
  readonly title: string
  readonly text: string
  readonly says?: string
}

interface SnippetInput {
  /** What the client is to call the server. */
  readonly name: string
  readonly url: string
  readonly token: string
}

const json = (value: unknown): string => JSON.stringify(value, undefined, 2)

/** How clients are given a server that takes an MCP token. */
export const clientSnippets = (input: SnippetInput): readonly ClientSnippet[] => [
  claudeDesktop(input),
  vsCode(input),
  cursor(input),
  inspector(input),
  mcpRemote(input),
]

/** It starts programs only, so mcp-remote carries the messages. */
const claudeDesktop = ({ name, url, token }: SnippetInput): ClientSnippet => ({
  client: 'Claude Desktop',
  title: 'claude_desktop_config.json',
  text: json({
    mcpServers: {
      [name]: {
        command: 'npx',
        // Windows splits arguments at spaces: the one in the header's value comes from the environment.
        args: ['-y', 'mcp-remote', url, '--transport', 'http-only', '--header', 'Authorization:${AUTH_HEADER}'],
        env: { AUTH_HEADER: `Bearer ${token}` },
      },
    },
  }),
  says: 'Settings, Developer, Edit Config; then start Claude Desktop again. It needs Node.js.',
})

const vsCode = ({ name, url }: SnippetInput): ClientSnippet => ({
  client: 'VS Code',
  title: '.vscode/mcp.json',
  text: json({
    inputs: [{ type: 'promptString', id: `${name}-token`, description: `MCP token for ${name}`, password: true }],
    servers: { [name]: { type: 'http', url, headers: { Authorization: `Bearer \${input:${name}-token}` } } },
  }),
  says: 'The token is not in the file, so it may be committed: VS Code asks for it once and keeps it.',
})

const cursor = ({ name, url, token }: SnippetInput): ClientSnippet => ({
  client: 'Cursor',
  title: '~/.cursor/mcp.json',
  text: json({ mcpServers: { [name]: { url, headers: { Authorization: `Bearer ${token}` } } } }),
})

const inspector = ({ url, token }: SnippetInput): ClientSnippet => ({
  client: 'Inspector',
  title: 'In a terminal: the tools that this token sees',
  text: `npx @modelcontextprotocol/inspector --cli ${url} --transport http --method tools/list --header "Authorization: Bearer ${token}"`,
})

const mcpRemote = ({ url, token }: SnippetInput): ClientSnippet => ({
  client: 'mcp-remote',
  title: 'For any client that only starts programs',
  text: `npx -y mcp-remote ${url} --transport http-only --header "Authorization: Bearer ${token}"`,
})
