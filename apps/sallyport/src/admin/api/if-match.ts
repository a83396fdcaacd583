import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { withCheck } from '../../teamspaces/edit-teamspace.ts'
import type { Editor, TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import { refuse } from '../../teamspaces/refusal.ts'
import { problem } from '../problem.ts'

/** What a change may replace, by the text within the quotes; `any` for whatever there is, undefined when nobody said. */
export type IfMatch = readonly string[] | 'any' | undefined

const MAX_LENGTH = 1_000

/** `If-Match` (RFC 9110 §13.1.1). A weak tag never matches; neither does what is no tag. */
export function readIfMatch(context: Context): IfMatch | Response {
  const header = context.req.header('if-match')
  if (header === undefined) return undefined
  if (header.trim() === '*') return 'any'
  if (header.length > MAX_LENGTH) return problem(context, 400, 'If-Match is too long')
  return header.split(',').flatMap((tag) => /^"([\x21\x23-\x7e]*)"$/.exec(tag.trim())?.[1] ?? [])
}

/** Tells versions of what is shown apart, in whatever order the members of a view were put together. */
const tagOf = (view: object): string =>
  createHash('sha256').update(JSON.stringify(view, sorted)).digest('base64url').slice(0, 22)

const sorted = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value

/** Answers a view with its version. `more` is beside what the version is of. */
export function answerTagged(context: Context, view: object, more: object = {}): Response {
  context.header('etag', `"${tagOf(view)}"`)
  return context.json({ ...view, ...more })
}

/** The editor, who changes nothing unless what is there, which `find` shows, is what the client has read. */
export function onlyIfMatches(
  editor: Editor,
  ifMatch: IfMatch,
  find: (edit: TeamspaceEdit) => Promise<object | undefined>,
): Editor {
  if (ifMatch === undefined) return editor
  return withCheck(editor, async (edit) => {
    const view = await find(edit)
    if (view && (ifMatch === 'any' || ifMatch.includes(tagOf(view)))) return undefined
    return refuse({ code: 'precondition_failed', says: 'This was changed meanwhile; read it anew' })
  })
}
