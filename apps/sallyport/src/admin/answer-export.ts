import type { Context } from 'hono'
import { exportRows } from '../audit/export-rows.ts'
import type { ExportOptions } from '../audit/export-rows.ts'
import type { Store } from '../store/store.ts'
import { toStream } from './to-stream.ts'

export const EXPORT_ANSWERS = [{ mediaType: 'application/x-ndjson' }, { mediaType: 'text/plain' }] as const

/** The audit trail as lines, while they are read. */
export function answerExport(context: Context, store: Store, options: ExportOptions): Response {
  const type = options.format === 'cef' ? 'text/plain; charset=utf-8' : 'application/x-ndjson'
  return context.body(toStream(exportRows(store, options)), 200, { 'content-type': type })
}
