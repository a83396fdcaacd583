import { Hono } from 'hono'
import type { Context } from 'hono'
import { z } from 'zod'
import type { ServerConfig } from '../config/config.ts'
import { checkedPolicySchema } from '../policies/checked-policy.ts'
import { MAX_CASES, MAX_CASES_BYTES, policyCaseSchema } from '../policies/policy-case.ts'
import { policyRepository } from '../policies/policy-repository.ts'
import type { StoredPolicy } from '../policies/policy-repository.ts'
import { toPolicyView } from '../policies/policy-view.ts'
import { policyWarnings } from '../policies/policy-warnings.ts'
import { MAX_POLICY_BYTES } from '../policies/policy.ts'
import { runCases } from '../policies/run-cases.ts'
import { removePolicy, setPolicy } from '../policies/set-policy.ts'
import type { Replaces } from '../policies/set-policy.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import type { Editor } from '../teamspaces/edit-teamspace.ts'
import { isRefused } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { problem, refusalProblem } from './problem.ts'
import { readBody, slugOf } from './read-input.ts'

const trial = z.strictObject({
  policy: checkedPolicySchema.optional(),
  cases: z.array(policyCaseSchema).min(1).max(MAX_CASES),
})

/** What a teamspace decides about its callers: one document, replaced as a whole. */
export function policyRoutes(editor: Editor, servers: readonly ServerConfig[]): Hono {
  const { db } = editor.store
  const serverNames = servers.map(({ name }) => name)
  const answer = (context: Context, stored: StoredPolicy | undefined, warnings: readonly string[] = []) => {
    context.header('etag', `"${stored?.version ?? 0}"`)
    return context.json(toPolicyView(stored, warnings))
  }
  return new Hono()
    .get('/', async (context) => {
      const teamspace = await teamspaceRepository(db).findBySlug(slugOf(context))
      if (!teamspace) return refusalProblem(context, unknownTeamspace().refused)
      return answer(context, await policyRepository(db, teamspace.id).find())
    })
    .put('/', async (context) => {
      const replaces = replacesOf(context)
      if (replaces instanceof Response) return replaces
      const policy = await readBody(context, checkedPolicySchema, MAX_POLICY_BYTES)
      if (policy instanceof Response) return policy
      const saved = await setPolicy(editor, slugOf(context), policy, replaces)
      if (isRefused(saved)) return refusalProblem(context, saved.refused)
      return answer(context, saved, policyWarnings(saved.document, serverNames))
    })
    .delete('/', async (context) => {
      const replaces = replacesOf(context)
      if (replaces instanceof Response) return replaces
      const removed = await removePolicy(editor, slugOf(context), replaces)
      return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
    })
    .post('/try', async (context) => {
      const asked = await readBody(context, trial, MAX_CASES_BYTES)
      if (asked instanceof Response) return asked
      const answered = await runCases(db, slugOf(context), asked, editor.now())
      return isRefused(answered) ? refusalProblem(context, answered.refused) : context.json(answered)
    })
}

/** `If-Match` (RFC 9110 §13.1.1). A weak tag never matches; neither does one that we did not make. */
function replacesOf(context: Context): Replaces | Response {
  const header = context.req.header('if-match')
  if (header === undefined) return undefined
  if (header.trim() === '*') return 'any'
  if (header.length > 1_000) return problem(context, 400, 'If-Match is too long')
  return header.split(',').flatMap((tag) => {
    const version = /^"(\d{1,10})"$/.exec(tag.trim())?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}
