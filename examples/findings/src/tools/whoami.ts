import type { McpServer } from '@modelcontextprotocol/server'
import { answer, type CallOf, READ_ONLY } from './call.ts'

/** Shows which identity arrived here, which is what an exchange in front of this server is to prove. */
export function registerWhoami(mcpServer: McpServer, callOf: CallOf) {
  mcpServer.registerTool(
    'whoami',
    {
      title: 'Who am I',
      description: 'The identity that this server sees: audience, subject, Entra tenant, teamspace, scopes and client.',
      annotations: READ_ONLY,
    },
    (context) => {
      const { caller } = callOf(context)
      return answer({
        audience: caller.audience,
        oid: caller.subject,
        tid: caller.tenantId,
        teamspaceId: caller.teamspaceId,
        issuer: caller.issuer,
        clientId: caller.clientId ?? null,
        scopes: caller.scopes,
        roles: caller.roles,
        appOnly: caller.appOnly,
      })
    },
  )
}
