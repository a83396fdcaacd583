import { z } from 'zod'
import { DEFAULT_TOKEN_LIMITS } from '../tokens/token-limits.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'

const instance = z
  .strictObject({
    publicUrl: z.string().describe('Where clients find the servers').exactOptional(),
    clouds: z.array(z.string()).describe('Of Microsoft, by the names that connections use'),
    mcpTokens: z.strictObject({
      perTeamspace: z.int().describe('How many a teamspace may have at once'),
      maxDays: z.int().describe('The longest that one may live; without it, for ever').exactOptional(),
    }),
  })
  .meta({ id: 'Instance' })

/** What the operator has set that teamspaces meet with. */
export const instanceRoutes = ({ publicUrl, clouds, tokenLimits }: AdminDeps): readonly ServedRoute[] => [
  apiRoute(
    {
      method: 'get',
      path: '/instance',
      needs: 'account',
      summary: 'What this Sallyport is set to, as far as teamspaces have to know',
      answers: { 200: instance },
    },
    ({ context }) => {
      const { perTeamspace, maxDays } = tokenLimits ?? DEFAULT_TOKEN_LIMITS
      return context.json({
        ...(publicUrl !== undefined && { publicUrl }),
        clouds: Object.keys(clouds),
        mcpTokens: { perTeamspace, ...(maxDays !== undefined && { maxDays }) },
      })
    },
  ),
]
