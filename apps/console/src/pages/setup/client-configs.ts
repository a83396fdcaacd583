export interface ClientConfig {
  readonly client: string
  /** Where the text goes. */
  readonly title: string
  readonly text: string
  readonly says: string
}

export interface ClientConfigInput {
  /** What the client is to call the server. */
  readonly name: string
  readonly url: string
}

const json = (value: unknown): string => JSON.stringify(value, undefined, 2)

/** How clients are told of a server that people sign in to: its address is all that they need. */
export const clientConfigs = (input: ClientConfigInput): readonly ClientConfig[] => [
  claudeDesktop(input),
  claudeCode(input),
  vsCode(input),
  cursor(input),
  inspector(input),
  mcpRemote(input),
]

/** mcp-remote speaks http to its own machine only, unless it is told. */
function remoteArgs(url: string): string[] {
  const { protocol, hostname } = new URL(url)
  const isPlain = protocol === 'http:' && !['localhost', '127.0.0.1'].includes(hostname)
  return ['-y', 'mcp-remote', url, ...(isPlain ? ['--allow-http'] : [])]
}

const claudeDesktop = ({ name, url }: ClientConfigInput): ClientConfig => ({
  client: 'Claude Desktop',
  title: 'claude_desktop_config.json',
  text: json({ mcpServers: { [name]: { command: 'npx', args: remoteArgs(url) } } }),
  says: 'Settings, Developer, Edit Config; then start it again. It needs Node.js. Where the address is reached from the internet, Settings, Connectors, Add custom connector takes the address alone.',
})

const claudeCode = ({ name, url }: ClientConfigInput): ClientConfig => ({
  client: 'Claude Code',
  title: 'In a terminal',
  text: `claude mcp add --transport http ${name} ${url}`,
  says: 'Then /mcp in Claude Code begins the sign-in.',
})

const vsCode = ({ name, url }: ClientConfigInput): ClientConfig => ({
  client: 'VS Code',
  title: '.vscode/mcp.json',
  text: json({ servers: { [name]: { type: 'http', url } } }),
  says: 'Start above the entry begins the sign-in. Nothing in the file is secret.',
})

const cursor = ({ name, url }: ClientConfigInput): ClientConfig => ({
  client: 'Cursor',
  title: '~/.cursor/mcp.json, or .cursor/mcp.json in a project',
  text: json({ mcpServers: { [name]: { url } } }),
  says: 'Settings, MCP shows the server and begins the sign-in. Its redirect URI has to be among those of the connection.',
})

const inspector = ({ url }: ClientConfigInput): ClientConfig => ({
  client: 'Inspector',
  title: 'In a terminal',
  text: 'npx @modelcontextprotocol/inspector',
  says: `On its page: transport Streamable HTTP, URL ${url}, then Connect.`,
})

const mcpRemote = ({ url }: ClientConfigInput): ClientConfig => ({
  client: 'mcp-remote',
  title: 'For any client that only starts programs',
  text: `npx ${remoteArgs(url).join(' ')}`,
  says: 'It signs in with a browser window, and keeps what it got in ~/.mcp-auth.',
})
