import { setImmediate } from 'node:timers/promises'
import { memberRepository } from '../../members/member-repository.ts'
import type { Role } from '../../members/member.ts'
import { editTeamspace, unknownTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import { isRefused } from '../../teamspaces/refusal.ts'
import type { Refusal } from '../../teamspaces/refusal.ts'
import { teamspaceRepository } from '../../teamspaces/teamspace-repository.ts'
import { inChunks } from './chunks.ts'
import type { CsvRow, PersonRow } from './csv-row.ts'
import { countOutcomes, isFailure } from './import-result.ts'
import type { Counts, ImportMode, RowResult } from './import-result.ts'
import { judgeRows } from './judge-rows.ts'
import type { Ground, JudgedRow } from './judge-rows.ts'
import { findRepeatedRows } from './repeated-rows.ts'
import { writeRows } from './write-rows.ts'

export interface ImportOptions {
  /** Names the import in the answer and in the audit trail. */
  readonly id: string
  readonly mode: ImportMode
  /** Whether rows may make somebody more than a developer. */
  readonly allowRoles: boolean
}

export interface ImportEnd {
  /** Whether the rows that are said to be added and updated were written. */
  readonly written: boolean
}

/** Results of a few hundred rows at a time, in the order of the file. */
export type Importing = AsyncGenerator<readonly RowResult[], ImportEnd | Refusal>

/**
 * Makes the people of a file members, with the source `csv`. Whoever is one already stays as they are, so that the same
 * file may come again, also after an import that was cut off. Between the chunks calls have the database and the event loop.
 */
export function importMembers(
  editor: Editor,
  slug: string,
  rows: readonly CsvRow[],
  options: ImportOptions,
): Importing {
  const work: Work = { editor, slug, rows, options, repeated: findRepeatedRows(rows) }
  switch (options.mode) {
    case 'dry-run':
      return tryRows(work)
    case 'all-or-nothing':
      return importAtOnce(work)
    case 'each-row':
      return importInTurns(work)
  }
}

interface Work {
  readonly editor: Editor
  readonly slug: string
  readonly rows: readonly CsvRow[]
  readonly options: ImportOptions
  readonly repeated: ReadonlyMap<CsvRow, RowResult>
}

async function* tryRows(work: Work): Importing {
  const { store } = work.editor
  const teamspace = await teamspaceRepository(store.db).findBySlug(work.slug)
  if (!teamspace) return unknownTeamspace()
  const ground = await groundOf(work, store.db, teamspace.id)
  for await (const chunk of inChunks(work.rows)) yield resultsOf(await judgeChunk(work, ground, chunk))
  return { written: false }
}

/** A chunk is a transaction: when the import is cut off, what was reported is written. */
async function* importInTurns(work: Work): Importing {
  const { editor, slug, rows } = work
  const claimed = new Map<string, number>()
  let counts = countOutcomes([])
  let done = 0
  try {
    for await (const chunk of inChunks(rows)) {
      const judged = await editTeamspace(editor, slug, async (edit) => {
        const ground = await groundOf(work, edit.tx.db, edit.teamspace.id, claimed)
        const chunkJudged = await judgeChunk(work, ground, chunk)
        await writeRows(edit, chunkJudged)
        return chunkJudged
      })
      if (isRefused(judged)) return judged
      const results = resultsOf(judged)
      counts = countOutcomes(results, counts)
      done += chunk.length
      yield results
    }
    return { written: true }
  } finally {
    const isComplete = done === rows.length // not when whoever asked has gone away
    // Also of whoever may import no more: what they wrote is on record.
    await editTeamspace({ ...editor, check: undefined }, slug, async (edit) => {
      await recordImport(edit, work, { counts, isComplete })
      return {}
    })
  }
}

/** One transaction. On SQLite calls that are not answered from memory wait for it, a second or two for 10,000 rows. */
async function* importAtOnce(work: Work): Importing {
  const judged = await editTeamspace(work.editor, work.slug, async (edit) => {
    const all = await judgeAll(work, await groundOf(work, edit.tx.db, edit.teamspace.id))
    const results = resultsOf(all)
    if (results.some(isFailure)) return { results: results.map(withhold), written: false }
    await writeAll(edit, all)
    await recordImport(edit, work, { counts: countOutcomes(results), isComplete: true })
    return { results, written: true }
  })
  if (isRefused(judged)) return judged
  for await (const chunk of inChunks(judged.results)) yield chunk
  return { written: judged.written }
}

async function judgeAll(work: Work, ground: Ground): Promise<JudgedRow[]> {
  const all: JudgedRow[] = []
  for await (const chunk of inChunks(work.rows)) all.push(...(await judgeChunk(work, ground, chunk)))
  return all
}

/** By e-mail, in which order others make users, too: two imports of the same people must not wait for each other. */
async function writeAll(edit: TeamspaceEdit, rows: readonly JudgedRow[]): Promise<void> {
  const sorted = rows.toSorted((one, other) => (one.result.email < other.result.email ? -1 : 1))
  for await (const chunk of inChunks(sorted)) await writeRows(edit, chunk)
}

const withhold = (result: RowResult): RowResult =>
  result.outcome === 'added' || result.outcome === 'updated' ? { ...result, outcome: 'withheld' } : result

async function groundOf(
  { editor, options: { allowRoles } }: Work,
  db: Ground['db'],
  teamspaceId: string,
  claimed: Ground['claimed'] = new Map(),
): Promise<Ground> {
  const highestRole = await highestRoleOf(editor, db, teamspaceId)
  return { db, sealer: editor.store.sealer, teamspaceId, claimed, allowRoles, highestRole }
}

/** As of now, not of when the file began to arrive: that may be a minute ago. */
async function highestRoleOf({ memberId }: Editor, db: Ground['db'], teamspaceId: string): Promise<Role> {
  if (memberId === undefined) return 'owner'
  return (await memberRepository(db, teamspaceId).findById(memberId))?.role ?? 'developer'
}

/** In the order of the file. Rows that the file itself rules out are not looked up. */
async function judgeChunk({ repeated }: Work, ground: Ground, chunk: readonly CsvRow[]): Promise<JudgedRow[]> {
  const people = chunk.filter((row): row is PersonRow => 'person' in row && !repeated.has(row))
  const judged = await judgeRows(ground, people)
  await setImmediate()
  const byRow = new Map<CsvRow, JudgedRow>(people.map((row, index) => [row, judged[index]!]))
  return chunk.map((row) => byRow.get(row) ?? { result: repeated.get(row) ?? invalid(row) })
}

function invalid(row: CsvRow): RowResult {
  const { line, email } = row
  return { line, email, outcome: 'invalid', problem: 'problem' in row ? row.problem : '' }
}

const resultsOf = (judged: readonly JudgedRow[]): RowResult[] => judged.map(({ result }) => result)

interface Ended {
  readonly counts: Counts
  readonly isComplete: boolean
}

/** One row for the import, beside those of the changes. */
function recordImport({ record }: TeamspaceEdit, { options, rows }: Work, ended: Ended): Promise<void> {
  const { id, mode } = options
  return record({
    action: 'member.import',
    kind: 'member',
    after: { id, source: 'csv', mode, rows: rows.length, complete: ended.isComplete, ...ended.counts },
  })
}
