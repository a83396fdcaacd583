import { z } from 'zod'
import type { ImportReport } from '../../provisioning/csv/import-report.ts'
import { IMPORT_MODES, OUTCOMES } from '../../provisioning/csv/import-result.ts'
import { viewOf } from './view-of.ts'

const row = z.strictObject({
  line: z.int(),
  email: z.string(),
  outcome: z.enum(OUTCOMES),
  problem: z.string().exactOptional(),
})

export const importReport = viewOf<ImportReport>()(
  z.strictObject({
    id: z.string(),
    mode: z.enum(IMPORT_MODES),
    written: z.boolean(),
    rows: z.int(),
    counts: z.record(z.enum(OUTCOMES), z.int()),
    results: z.array(row),
  }),
).meta({ id: 'ImportReport' })
