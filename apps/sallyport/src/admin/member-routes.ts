import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import { addMember } from '../members/add-member.ts'
import { memberRepository, toMember } from '../members/member-repository.ts'
import { email, newMember } from '../members/new-member.ts'
import { removeMember } from '../members/remove-member.ts'
import type { MemberName } from '../members/remove-member.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { refusalProblem } from './problem.ts'
import { memberIdOf, readBody, readQuery, slugOf } from './read-input.ts'

const MAX_PAGE = 1_000

const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  after: z
    .string()
    .max(254)
    .regex(/^\P{Cc}*$/u)
    .optional(),
})

const byEmail = z.strictObject({ email })

export function memberRoutes(editor: Editor): Hono {
  const { db } = editor.store
  const remove = async (context: Context, name: MemberName) => {
    const removed = await removeMember(editor, slugOf(context), name)
    return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
  }
  return new Hono()
    .get('/', async (context) => {
      const query = readQuery(context, page)
      if (query instanceof Response) return query
      const teamspace = await teamspaceRepository(db).findBySlug(slugOf(context))
      if (!teamspace) return refusalProblem(context, unknownTeamspace().refused)
      const members = (await memberRepository(db, teamspace.id).list(query)).map(toMember)
      // The e-mail to continue after, while there may be more.
      const next = members.length === query.limit ? members.at(-1)?.email : undefined
      return context.json({ members, ...(next !== undefined && { next }) })
    })
    .post('/', async (context) => {
      const input = await readBody(context, newMember)
      if (input instanceof Response) return input
      const added = await addMember(editor, slugOf(context), input)
      if (isRefused(added)) return refusalProblem(context, added.refused)
      return context.json(added, added.created ? 201 : 200)
    })
    .delete('/', (context) => {
      const query = readQuery(context, byEmail)
      return query instanceof Response ? query : remove(context, query)
    })
    .delete('/:id', (context) => remove(context, { id: memberIdOf(context) }))
}
