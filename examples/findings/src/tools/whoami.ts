import { z } from 'zod'
import { READ_ONLY, tool } from './tool.ts'

/** Shows which identity arrived here, which is what an exchange in front of this server is to prove. */
export const whoami = tool({
  name: 'whoami',
  title: 'Who am I',
  description: 'The identity that this server sees: how it was proven, subject, teamspace, scopes and client.',
  input: z.object({}),
  output: z.object({
    kind: z.string().describe('How the caller was proven'),
    teamspaceId: z.string(),
    subject: z.string(),
    issuer: z.string().nullable(),
    audience: z.string().nullable(),
    clientId: z.string().nullable(),
    oid: z.string().nullable().describe('Object id of an Entra user or application'),
    tid: z.string().nullable().describe('Entra tenant'),
    scopes: z.array(z.string()),
    roles: z.array(z.string()),
    appOnly: z.boolean(),
  }),
  annotations: READ_ONLY,
  run(_input, { principal }) {
    const entra = principal.kind === 'entra' ? principal : undefined
    return {
      kind: principal.kind,
      teamspaceId: principal.teamspaceId,
      subject: principal.subject,
      issuer: 'issuer' in principal ? principal.issuer : null,
      audience: ('audience' in principal && principal.audience) || null,
      clientId: 'clientId' in principal ? (principal.clientId ?? null) : null,
      oid: entra?.subject ?? null,
      tid: entra?.tenantId ?? null,
      scopes: [...principal.scopes],
      roles: [...(entra?.roles ?? [])],
      appOnly: entra?.appOnly ?? false,
    }
  },
})
