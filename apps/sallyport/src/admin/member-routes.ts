import type { Context } from 'hono'
import { z } from 'zod'
import { addMember } from '../members/add-member.ts'
import { changeMember, memberChange } from '../members/change-member.ts'
import { memberRepository, toMember } from '../members/member-repository.ts'
import { unknownMember } from '../members/member-rights.ts'
import type { Member } from '../members/member.ts'
import { email, newMember } from '../members/new-member.ts'
import { removeMember } from '../members/remove-member.ts'
import type { MemberName } from '../members/remove-member.ts'
import type { Store } from '../store/store.ts'
import type { Editor, TeamspaceEdit } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import { answerTagged, onlyIfMatches } from './api/if-match.ts'
import type { IfMatch } from './api/if-match.ts'
import { refusalProblem } from './problem.ts'
import { memberIdOf } from './read-input.ts'
import { memberView } from './views/member-views.ts'

const MAX_PAGE = 1_000

const text = z
  .string()
  .max(254)
  .regex(/^\P{Cc}*$/u)

const page = z.strictObject({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(MAX_PAGE),
  after: text.optional().describe('`next` of the page before'),
  query: text.normalize().toLowerCase().optional().describe('A part of the e-mail, or of the display name'),
})

const byEmail = z.strictObject({ email })

export function memberRoutes({ db }: Store): readonly ServedRoute[] {
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/members',
        needs: 'admin',
        summary: 'The people and workloads of a teamspace, by e-mail',
        query: page,
        answers: { 200: z.strictObject({ members: z.array(memberView), next: z.string().exactOptional() }) },
      },
      async ({ context, teamspace, query: { query: containing, ...place } }) => {
        const members = (await memberRepository(db, teamspace.id).list({ ...place, containing })).map(toMember)
        // The e-mail to continue after, while there may be more.
        const next = members.length === place.limit ? members.at(-1)?.email : undefined
        return context.json({ members, ...(next !== undefined && { next }) })
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces/:slug/members',
        needs: 'admin',
        summary: 'Let a person or a workload in; again changes at most the display name, and answers 200',
        body: newMember,
        example: {
          email: 'anna@acme.example',
          displayName: 'Anna Berg',
          objectId: 'cccccccc-0000-4000-8000-000000000001',
        },
        answers: { 200: addedView(false), 201: addedView(true) },
        problems: [409],
      },
      async ({ context, editor, slug, body }) => {
        const added = await addMember(editor, slug, body)
        if (isRefused(added)) return refusalProblem(context, added.refused)
        return context.json(added, added.created ? 201 : 200)
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: '/teamspaces/:slug/members',
        needs: 'admin',
        summary: 'Take away the access of the person with this e-mail',
        query: byEmail,
        exampleQuery: { email: 'anna@acme.example' },
        answers: { 200: memberView },
        problems: [404, 409],
      },
      async ({ context, editor, slug, query }) => answer(context, await removeMember(editor, slug, query)),
    ),
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/members/:id',
        needs: 'admin',
        summary: 'One member',
        answers: { 200: memberView },
        versioned: true,
      },
      async ({ context, teamspace }) => {
        const found = await memberRepository(db, teamspace.id).findById(memberIdOf(context))
        return found ? answerTagged(context, toMember(found)) : refusalProblem(context, unknownMember().refused)
      },
    ),
    apiRoute(
      {
        method: 'patch',
        path: '/teamspaces/:slug/members/:id',
        needs: 'admin',
        summary: 'Give a member another role, at most the own one, or another display name',
        body: memberChange,
        example: { role: 'admin' },
        answers: { 200: memberView },
        problems: [409],
        versioned: true,
      },
      async ({ context, editor, slug, body, ifMatch }) => {
        const id = memberIdOf(context)
        const changed = await changeMember(matching(editor, id, ifMatch), slug, { ...body, id })
        return isRefused(changed) ? refusalProblem(context, changed.refused) : answerTagged(context, changed)
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: '/teamspaces/:slug/members/:id',
        needs: 'admin',
        summary: 'Take away the access of a member',
        answers: { 200: memberView },
        problems: [409],
        versioned: true,
      },
      async ({ context, editor, slug, ifMatch }) => {
        const name: MemberName = { id: memberIdOf(context) }
        return answer(context, await removeMember(matching(editor, name.id, ifMatch), slug, name))
      },
    ),
  ]
}

const addedView = (created: boolean) => z.strictObject({ created: z.literal(created), member: memberView })

const answer = (context: Context, outcome: Member | Refusal): Response =>
  isRefused(outcome) ? refusalProblem(context, outcome.refused) : context.json(outcome)

const matching = (editor: Editor, id: string, ifMatch: IfMatch): Editor =>
  onlyIfMatches(editor, ifMatch, async ({ tx, teamspace }: TeamspaceEdit) => {
    const found = await memberRepository(tx.db, teamspace.id).findById(id)
    return found && toMember(found)
  })
