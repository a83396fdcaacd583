// One copy of the SDK for everything here that serves MCP: the classes of two copies do not mix.
export * from '@modelcontextprotocol/server'
export { hostHeaderValidation, originValidation } from '@modelcontextprotocol/node'
