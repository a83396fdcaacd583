import type { Context } from 'hono'
import { z } from 'zod'
import { nextAuditId } from '../audit/audit-id.ts'
import { exportMembers } from '../provisioning/csv/export-members.ts'
import { createImportPlaces, MAX_IMPORTS } from '../provisioning/csv/import-places.ts'
import { importMembers } from '../provisioning/csv/import-members.ts'
import { gatherReport, reportLines } from '../provisioning/csv/import-report.ts'
import { IMPORT_MODES } from '../provisioning/csv/import-result.ts'
import { readCsv } from '../provisioning/csv/read-csv.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { problem, refusalProblem } from './problem.ts'
import { toStream } from './to-stream.ts'
import { importReport } from './views/import-report.ts'

const importQuery = z.strictObject({
  mode: z.enum(IMPORT_MODES),
  allowRoles: z.enum(['true', 'false']).default('false'),
})

const RETRY_SECONDS = '5'
const JSON_LINES = /^\s*application\/(?:jsonl|x-ndjson)\s*(?:;|$)/i

export function memberCsvRoutes({ store, now, log }: AdminDeps): readonly ServedRoute[] {
  const places = createImportPlaces()
  return [
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces/:slug/members/import',
        needs: 'admin',
        summary: 'Let in the people of a CSV file; progress as JSON Lines for whoever accepts them',
        query: importQuery,
        exampleQuery: { mode: 'dry-run' },
        takes: ['text/csv'],
        example: 'email,object_id\r\nanna@acme.example,cccccccc-0000-4000-8000-000000000001\r\n',
        answers: { 200: [importReport, { mediaType: 'application/jsonl' }] },
      },
      async ({ context, editor, slug, teamspace, query }) => {
        const refusedType = refuseType(context)
        if (refusedType) return refusedType
        const place = places.take(teamspace.id)
        if (!place) return tooMany(context)
        let goesOn = false
        try {
          const file = await readCsv(context.req.raw.body ?? noBody())
          if (isRefused(file)) return refusalProblem(context, file.refused)
          const options = { id: nextAuditId(now()), mode: query.mode, allowRoles: query.allowRoles === 'true' }
          context.header('x-request-id', options.id)
          const importing = importMembers(editor, slug, file.rows, options)
          if (!wantsLines(context)) {
            const report = await gatherReport(importing, { file, options })
            return isRefused(report) ? refusalProblem(context, report.refused) : context.json(report)
          }
          goesOn = true
          const lines = toStream(reportLines(importing, { file, options, log }), place.leave)
          return context.body(lines, 200, { 'content-type': 'application/jsonl' })
        } finally {
          if (!goesOn) place.leave()
        }
      },
    ),
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/members/export',
        needs: 'admin',
        summary: 'The members as a CSV file that an import takes',
        answers: { 200: { mediaType: 'text/csv' } },
      },
      ({ context, slug, teamspace }) =>
        context.body(toStream(exportMembers(store, teamspace.id)), 200, {
          'content-type': 'text/csv; charset=utf-8; header=present', // RFC 7111 §5.1
          'content-disposition': `attachment; filename="${slug}-members.csv"`,
        }),
    ),
  ]
}

const wantsLines = (context: Context): boolean =>
  (context.req.header('accept') ?? '').split(',').some((type) => JSON_LINES.test(type))

function refuseType(context: Context): Response | undefined {
  const [type, ...parameters] = (context.req.header('content-type') ?? '').toLowerCase().split(';')
  if (type?.trim() !== 'text/csv') return problem(context, 415, 'The body must be text/csv')
  const charset = parameters.map((text) => /^\s*charset="?([^"\s]*)"?\s*$/.exec(text)?.[1]).find((name) => name)
  if (charset === undefined || charset === 'utf-8' || charset === 'us-ascii') return undefined
  return problem(context, 415, 'The body must be UTF-8')
}

function tooMany(context: Context): Response {
  context.header('retry-after', RETRY_SECONDS)
  return problem(context, 429, `${MAX_IMPORTS} imports of this teamspace are under way; try again when one has ended`)
}

async function* noBody(): AsyncGenerator<Uint8Array> {}
