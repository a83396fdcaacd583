import type { Context } from 'hono'
import { z } from 'zod'
import { createGroupSync } from '../provisioning/group-sync/create-group-sync.ts'
import type { GroupSync } from '../provisioning/group-sync/create-group-sync.ts'
import { createFederation } from '../provisioning/group-sync/federation.ts'
import {
  groupSyncSettings,
  MEMBERS,
  RUN_CAUSES,
  RUN_OUTCOMES,
  SYNCED_ROLES,
  syncedGroup,
} from '../provisioning/group-sync/group-sync.ts'
import type { SyncRun } from '../provisioning/group-sync/group-sync.ts'
import { listRuns, removeGroupSync, setGroupSync, showGroupSync } from '../provisioning/group-sync/manage-group-sync.ts'
import type { GroupSyncView, Replaces } from '../provisioning/group-sync/manage-group-sync.ts'
import { showHeld } from '../provisioning/group-sync/show-held.ts'
import type { HeldPage } from '../provisioning/group-sync/read-held.ts'
import type { SyncTest } from '../provisioning/group-sync/test-sync.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import type { AdminDeps } from './admin-deps.ts'
import { refusalProblem } from './problem.ts'
import { memberIdOf } from './read-input.ts'
import { role } from './views/member-views.ts'
import { viewOf } from './views/view-of.ts'

export type { GroupSyncView, HeldPage, SyncRun, SyncTest }

export interface SyncRunsView {
  readonly runs: readonly SyncRun[]
}

const count = z.int()
const runView = z.object({
  id: z.string(),
  cause: z.enum(RUN_CAUSES),
  actor: z.string(),
  outcome: z.enum(RUN_OUTCOMES),
  startedAt: count,
  endedAt: count.nullable(),
  members: count,
  added: count,
  revoked: count,
  kept: count,
  skipped: count,
  held: count,
  error: z.object({ code: z.string(), says: z.string() }).nullable(),
})

/** As they are saved: what is left out of an input has its default here. */
const settingsView = z.object({
  clientId: z.string(),
  groupId: z.string(),
  members: z.enum(MEMBERS),
  revoke: z.boolean(),
  schedule: z.boolean(),
  role: z.enum(SYNCED_ROLES),
  skipDisabled: z.boolean(),
  maxRemovalPercent: count,
})

const syncView = z.object({
  credential: z.object({ issuer: z.string(), subject: z.string(), audience: z.string() }),
  settings: settingsView.nullable(),
  version: count,
  updatedAt: count.nullable(),
  nextRunAt: count.nullable(),
  lastRun: runView.nullable(),
  heldRunId: z.string().nullable(),
})

const MAX_HELD_PAGE = 1_000

const heldQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_HELD_PAGE).default(100),
  after: z
    .string()
    .max(254)
    .regex(/^\P{Cc}*$/u)
    .optional()
    .describe('`next` of the page before'),
})

const heldView = viewOf<HeldPage>()(
  z.strictObject({
    people: z.array(
      z.strictObject({
        memberId: z.string(),
        email: z.string(),
        displayName: z.string().nullable(),
        role,
        subject: z.string(),
        losesAccess: z.boolean(),
      }),
    ),
    total: count,
    losing: count,
    list: z.string(),
    next: z.string().exactOptional(),
  }),
)

/** The people whom the confirmer has seen, by the name that the list had then. */
const confirmation = z.strictObject({ list: z.string().max(64) })

const testView = z.object({ outcome: z.string(), says: z.string(), members: count.optional() })

const EXAMPLE = {
  clientId: 'eeeeeeee-0000-4000-8000-000000000001',
  groupId: 'eeeeeeee-0000-4000-8000-000000000002',
}

const PATH = '/teamspaces/:slug/group-sync'

/** People from a group of Microsoft Entra. */
export function groupSyncRoutes(deps: AdminDeps): readonly ServedRoute[] {
  const groupSync = deps.groupSync ?? ownGroupSync(deps)
  return [...settingsRoutes(deps, groupSync), ...runRoutes(deps, groupSync)]
}

/** For a database that no Sallyport serves: it runs what it is asked to, and nothing by itself. */
function ownGroupSync(deps: AdminDeps): GroupSync {
  const federation = createFederation({ ...deps, publicUrl: deps.publicUrl ?? 'http://localhost' })
  return createGroupSync({ ...deps, federation })
}

function settingsRoutes({ store, now }: AdminDeps, groupSync: GroupSync): readonly ServedRoute[] {
  const show = async (context: Context, slug: string) => {
    const view = await showGroupSync({ store, now }, slug, groupSync)
    if (isRefused(view)) return refusalProblem(context, view.refused)
    context.header('etag', `"${view.version}"`)
    return context.json(view)
  }
  return [
    apiRoute(
      {
        method: 'get',
        path: PATH,
        needs: 'admin',
        summary: 'Group sync: its settings, what the federated credential of the sync app must say, and the last run',
        answers: { 200: syncView },
        versioned: true,
      },
      ({ context, slug }) => show(context, slug),
    ),
    apiRoute(
      {
        method: 'put',
        path: PATH,
        needs: 'admin',
        summary: 'Set up group sync, or replace its settings; a run that is under way ends',
        body: groupSyncSettings,
        example: EXAMPLE,
        problems: [409, 428],
        answers: { 200: syncView },
        versioned: true,
      },
      async ({ context, editor, slug, body }) => {
        const saved = await setGroupSync(editor, slug, { settings: body, replaces: replacesOf(context) })
        return isRefused(saved) ? refusalProblem(context, saved.refused) : show(context, slug)
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: PATH,
        needs: 'admin',
        summary: 'End group sync; the people whom it brought stay, unless revoke=true',
        query: z.strictObject({ revoke: z.enum(['true', 'false']).default('false') }),
        answers: { 200: z.object({ revoked: count }) },
        problems: [409],
        versioned: true,
      },
      async ({ context, editor, slug, query }) => {
        const how = { revoke: query.revoke === 'true', replaces: replacesOf(context) }
        const removed = await removeGroupSync(editor, slug, how)
        return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: `${PATH}/test`,
        needs: 'admin',
        summary: 'Ask Entra and Graph as a run would, of the saved group or of the one in the body; nothing is changed',
        body: syncedGroup,
        example: EXAMPLE,
        problems: [409],
        bodyOptional: true,
        answers: { 200: testView },
      },
      async ({ context, slug, body }) => {
        const tested = await groupSync.test(slug, body as z.output<typeof syncedGroup> | undefined)
        return isRefused(tested) ? refusalProblem(context, tested.refused) : context.json(tested)
      },
    ),
  ]
}

function runRoutes({ store, now }: AdminDeps, groupSync: GroupSync): readonly ServedRoute[] {
  const started = (context: Context, run: SyncRun | Refusal) =>
    isRefused(run) ? refusalProblem(context, run.refused) : context.json(run, 202)
  const confirm = (editor: Editor, slug: string, shown: { readonly runId: string; readonly list: string }) =>
    groupSync.start(editor, slug, { cause: 'confirmation', ...shown })
  return [
    apiRoute(
      {
        method: 'post',
        path: `${PATH}/runs`,
        needs: 'admin',
        summary: 'Sync now: starts a run, unless one is under way',
        answers: { 202: runView },
        problems: [404, 409],
      },
      async ({ context, editor, slug }) => started(context, await groupSync.start(editor, slug, { cause: 'request' })),
    ),
    apiRoute(
      {
        method: 'get',
        path: `${PATH}/runs`,
        needs: 'admin',
        summary: 'The last 50 runs, the newest first',
        answers: { 200: z.object({ runs: z.array(runView) }) },
      },
      async ({ context, slug }) => {
        const runs = await listRuns(store, slug, now())
        if ('refused' in runs) return refusalProblem(context, runs.refused)
        return context.json({ runs })
      },
    ),
    apiRoute(
      {
        method: 'get',
        path: `${PATH}/runs/:id/held`,
        needs: 'admin',
        summary: 'Whom a run that is held would take out, by e-mail, and the name of this list',
        query: heldQuery,
        answers: { 200: heldView },
        problems: [404, 409],
      },
      async ({ context, teamspace, query }) => {
        const page = await showHeld(store, teamspace.id, { runId: memberIdOf(context), ...query })
        return isRefused(page) ? refusalProblem(context, page.refused) : context.json(page)
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: `${PATH}/runs/:id/confirm`,
        needs: 'admin',
        summary: 'Confirm a removal that is held, while the list is the one that was read: the group is read again',
        body: confirmation,
        example: { list: 'xGh2qV0c3Jm5bN8dKf1aZw' },
        answers: { 202: runView },
        problems: [404, 409],
      },
      async ({ context, editor, slug, body }) =>
        started(context, await confirm(editor, slug, { runId: memberIdOf(context), ...body })),
    ),
  ]
}

/** `If-Match` (RFC 9110 §13.1.1). A tag that we did not make matches nothing. */
function replacesOf(context: Context): Replaces {
  const header = context.req.header('if-match')?.trim()
  if (header === undefined || header === '*') return undefined
  return header
    .slice(0, 1_000)
    .split(',')
    .flatMap((tag) => /^"(\d{1,10})"$/.exec(tag.trim())?.[1] ?? [])
    .map(Number)
}
