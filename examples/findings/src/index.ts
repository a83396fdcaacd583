export type { FindingsApp } from './app.ts'
export { type FindingsOptions, startFindings } from './start-findings.ts'
export { createMcpEndpoint, type McpEndpoint, type McpEndpointOptions } from './mcp/endpoint.ts'
