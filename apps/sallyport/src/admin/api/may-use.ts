import type { Context } from 'hono'
import { memberRepository } from '../../members/member-repository.ts'
import { unknownTeamspace } from '../../teamspaces/edit-teamspace.ts'
import type { Check } from '../../teamspaces/edit-teamspace.ts'
import { refuse } from '../../teamspaces/refusal.ts'
import { problem, refusalProblem } from '../problem.ts'
import type { ApiRoute, Needs } from './api-route.ts'
import { isAtLeast, memberOf } from './caller.ts'
import type { Caller } from './caller.ts'

/** The answer to whoever may not use a route. Who is no member of a teamspace cannot tell it from one that is not there. */
export function refusalFor(
  context: Context,
  { needs, path }: ApiRoute,
  { caller, slug }: { readonly caller: Caller; readonly slug: string },
): Response | undefined {
  if (caller.kind === 'operator') return undefined
  if (!path.includes('/:slug')) return needs === 'account' ? undefined : problem(context, 403, OPERATOR_ONLY)
  const member = memberOf(caller, slug)
  if (!member) return refusalProblem(context, unknownTeamspace().refused)
  if (needs === 'operator') return problem(context, 403, OPERATOR_ONLY)
  return needs === 'account' || isAtLeast(member.role, needs) ? undefined : problem(context, 403, roleNeeded(needs))
}

/** Asked again in the transaction of a change: who was removed or made less a moment ago changes nothing any more. */
export function stillMay(memberId: string | undefined, needs: Needs): Check | undefined {
  if (memberId === undefined) return undefined
  return async ({ tx, teamspace }) => {
    const member = await memberRepository(tx.db, teamspace.id).findById(memberId)
    if (!member) return unknownTeamspace()
    if (needs === 'operator') return refuse({ code: 'forbidden', says: OPERATOR_ONLY })
    if (needs === 'account' || isAtLeast(member.role, needs)) return undefined
    return refuse({ code: 'forbidden', says: roleNeeded(needs) })
  }
}

const OPERATOR_ONLY = 'Only who runs this Sallyport may do this'

const roleNeeded = (needs: Needs): string => `This needs the role ${needs}`
