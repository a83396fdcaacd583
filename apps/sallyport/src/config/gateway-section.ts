import { z } from 'zod'
import { SENTINEL_HEADER } from '../apim/names.ts'
import { headerName, staticHeader } from './header-types.ts'

/** What the gateway in front proves itself with; a header that callers may send on their own could not. */
const sentinelHeader = staticHeader.refine((name) => name !== 'authorization' && name !== 'cookie', {
  error: 'is a header of callers',
})

export const gatewaySection = z.strictObject({
  sentinel: z
    .strictObject({
      header: sentinelHeader.default(SENTINEL_HEADER.toLowerCase()),
      secretFiles: z
        .array(z.string().min(1))
        .max(2)
        .default([])
        .describe('The secret, and a second one while it is changed. MCP_GATEWAY_SECRET wins.'),
    })
    .prefault({}),
  callerHeaders: z
    .array(
      z.strictObject({
        name: headerName.toLowerCase().refine((name) => name !== 'authorization' && !name.startsWith('cookie'), {
          error: 'holds a credential, which Gateway mode never reads',
        }),
        format: z.enum(['easyauth', 'swa', 'plain', 'jwt-unverified']),
        as: z.enum(['id', 'name', 'idp']).default('id').describe('What a plain header says.'),
      }),
    )
    .max(10)
    .default([{ name: 'x-ms-client-principal', format: 'easyauth', as: 'id' }])
    .describe('Headers in which the gateway names the caller; for the audit trail only, and only with a sentinel.'),
})
