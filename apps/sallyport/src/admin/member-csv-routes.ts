import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { nextAuditId } from '../audit/audit-id.ts'
import { exportMembers } from '../provisioning/csv/export-members.ts'
import { importMembers } from '../provisioning/csv/import-members.ts'
import { gatherReport, reportLines } from '../provisioning/csv/import-report.ts'
import { IMPORT_MODES } from '../provisioning/csv/import-result.ts'
import { readCsv } from '../provisioning/csv/read-csv.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { problem, refusalProblem } from './problem.ts'
import { readQuery, slugOf } from './read-input.ts'
import { toStream } from './to-stream.ts'

const importQuery = z.strictObject({
  mode: z.enum(IMPORT_MODES),
  allowRoles: z.enum(['true', 'false']).default('false'),
})

const JSON_LINES = /^\s*application\/(?:jsonl|x-ndjson)\s*(?:;|$)/i

export function memberCsvRoutes(editor: Editor, log: (message: string, fields?: object) => void): Hono {
  const { store, now } = editor
  const teamspaces = teamspaceRepository(store.db)
  return new Hono()
    .post('/import', async (context) => {
      const query = readQuery(context, importQuery)
      if (query instanceof Response) return query
      const refusedType = refuseType(context)
      if (refusedType) return refusedType
      const slug = slugOf(context)
      if (!(await teamspaces.findBySlug(slug))) return refusalProblem(context, unknownTeamspace().refused)
      const file = await readCsv(context.req.raw.body ?? noBody())
      if (isRefused(file)) return refusalProblem(context, file.refused)

      const options = { id: nextAuditId(now()), mode: query.mode, allowRoles: query.allowRoles === 'true' }
      context.header('x-request-id', options.id)
      const importing = importMembers(editor, slug, file.rows, options)
      if ((context.req.header('accept') ?? '').split(',').some((type) => JSON_LINES.test(type))) {
        const lines = reportLines(importing, { file, options, log })
        return context.body(toStream(lines), 200, { 'content-type': 'application/jsonl' })
      }
      const report = await gatherReport(importing, { file, options })
      return isRefused(report) ? refusalProblem(context, report.refused) : context.json(report)
    })
    .get('/export', async (context) => {
      const slug = slugOf(context)
      const teamspace = await teamspaces.findBySlug(slug)
      if (!teamspace) return refusalProblem(context, unknownTeamspace().refused)
      return context.body(toStream(exportMembers(store, teamspace.id)), 200, {
        'content-type': 'text/csv; charset=utf-8; header=present', // RFC 7111 §5.1
        'content-disposition': `attachment; filename="${slug}-members.csv"`,
      })
    })
}

function refuseType(context: Context): Response | undefined {
  const [type, ...parameters] = (context.req.header('content-type') ?? '').toLowerCase().split(';')
  if (type?.trim() !== 'text/csv') return problem(context, 415, 'The body must be text/csv')
  const charset = parameters.map((text) => /^\s*charset="?([^"\s]*)"?\s*$/.exec(text)?.[1]).find((name) => name)
  if (charset === undefined || charset === 'utf-8' || charset === 'us-ascii') return undefined
  return problem(context, 415, 'The body must be UTF-8')
}

async function* noBody(): AsyncGenerator<Uint8Array> {}
