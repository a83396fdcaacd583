/** What a condition can ask about, and of which type it is; by these names everywhere. */
export const FACTS = {
  principal: {
    schema: {
      kind: 'string',
      id: 'string',
      role: 'string',
      roles: 'list<string>',
      groups: 'list<string>',
      scopes: 'list<string>',
      issuer: 'string',
      client_id: 'string',
    },
  },
  server: { type: 'string' },
  method: { type: 'string' },
  tool: { type: 'string' },
  args: { type: 'map' },
  request: { schema: { address: 'string', time: 'google.protobuf.Timestamp' } },
} as const
