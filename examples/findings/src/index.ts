export type { FindingsApp } from './app.ts'
export { createMcpEndpoint, type McpEndpoint, type McpEndpointOptions } from './mcp/endpoint.ts'
export { type FindingsAuth, type FindingsOptions, startFindings } from './start-findings.ts'
export { createMcpTokenStore, type ListedMcpToken, type McpTokenStore } from './tokens/mcp-token-store.ts'
