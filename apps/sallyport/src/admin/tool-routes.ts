import { z } from 'zod'
import { listKnownTools } from '../tools/list-known-tools.ts'
import type { KnownServer } from '../tools/list-known-tools.ts'
import { TOOL_CLASSES } from '../tools/tool-class.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { viewOf } from './views/view-of.ts'

const toolClass = z.enum(TOOL_CLASSES)

const knownServer = viewOf<KnownServer>()(
  z.strictObject({
    server: z.string(),
    tools: z.array(
      z.strictObject({
        name: z.string(),
        title: z.string().exactOptional(),
        class: toolClass.describe('The one that rules go by'),
        heardClass: toolClass.describe('What the server says, where the operator says otherwise').exactOptional(),
        seenAt: z.int(),
      }),
    ),
  }),
).meta({ id: 'KnownServer' })

/** What servers were heard to offer in a teamspace, for whoever writes its policy. */
export function toolRoutes({ store, servers }: Pick<AdminDeps, 'store' | 'servers'>): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/tools',
        needs: 'developer',
        summary: 'The tools that servers were heard to offer here',
        answers: { 200: z.strictObject({ servers: z.array(knownServer) }) },
      },
      async ({ context, teamspace }) =>
        context.json({ servers: await listKnownTools(store.db, teamspace.id, servers) }),
    ),
  ]
}
