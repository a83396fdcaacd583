import type { Context } from 'hono'
import { z } from 'zod'
import { checkDraft } from '../policies/check-draft.ts'
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
import { isRefused } from '../teamspaces/refusal.ts'
import type { AdminDeps } from './admin-deps.ts'
import { apiRoute } from './api/api-route.ts'
import type { ServedRoute } from './api/api-route.ts'
import type { IfMatch } from './api/if-match.ts'
import { refusalProblem } from './problem.ts'
import { caseResults, policyView } from './views/policy-views.ts'

const trial = z.strictObject({
  policy: checkedPolicySchema.optional(),
  cases: z.array(policyCaseSchema).min(1).max(MAX_CASES),
})

const EXAMPLE = {
  default: 'deny',
  rules: [{ name: 'everybody reads', effect: 'allow', classes: ['read'] }],
}

/** What a teamspace decides about its callers: one document, replaced as a whole. */
export function policyRoutes({ store, servers }: Pick<AdminDeps, 'store' | 'servers'>): readonly ServedRoute[] {
  const { db } = store
  const serverNames = servers.map(({ name }) => name)
  return [
    apiRoute(
      {
        method: 'get',
        path: '/teamspaces/:slug/policy',
        needs: 'developer',
        summary: 'The policy in force; the default, when none was saved',
        answers: { 200: policyView },
        versioned: true,
      },
      async ({ context, teamspace }) => answer(context, await policyRepository(db, teamspace.id).find()),
    ),
    apiRoute(
      {
        method: 'put',
        path: '/teamspaces/:slug/policy',
        needs: 'admin',
        summary: 'Replace the policy as a whole; `If-Match` is needed once there is one',
        body: checkedPolicySchema,
        example: EXAMPLE,
        maxBytes: MAX_POLICY_BYTES,
        answers: { 200: policyView },
        problems: [428],
        versioned: true,
      },
      async ({ context, editor, slug, body, ifMatch }) => {
        const saved = await setPolicy(editor, slug, body, toReplaces(ifMatch))
        if (isRefused(saved)) return refusalProblem(context, saved.refused)
        return answer(context, saved, policyWarnings(saved.document, serverNames))
      },
    ),
    apiRoute(
      {
        method: 'delete',
        path: '/teamspaces/:slug/policy',
        needs: 'admin',
        summary: 'Go back to the default policy',
        answers: { 200: z.strictObject({ removed: z.boolean() }) },
        versioned: true,
      },
      async ({ context, editor, slug, ifMatch }) => {
        const removed = await removePolicy(editor, slug, toReplaces(ifMatch))
        return isRefused(removed) ? refusalProblem(context, removed.refused) : context.json(removed)
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces/:slug/policy/check',
        needs: 'admin',
        summary: 'What saving this policy would complain or warn about; saves nothing',
        body: checkedPolicySchema,
        example: EXAMPLE,
        maxBytes: MAX_POLICY_BYTES,
        answers: { 200: z.strictObject({ warnings: z.array(z.string()) }) },
      },
      async ({ context, slug, body }) => {
        const checked = await checkDraft(db, slug, body, serverNames)
        return isRefused(checked) ? refusalProblem(context, checked.refused) : context.json(checked)
      },
    ),
    apiRoute(
      {
        method: 'post',
        path: '/teamspaces/:slug/policy/try',
        needs: 'admin',
        summary: 'What the policy, or the one that is given, would decide; saves nothing',
        body: trial,
        example: { policy: EXAMPLE, cases: [{ server: 'findings', tool: 'list_findings', class: 'read' }] },
        maxBytes: MAX_CASES_BYTES,
        answers: { 200: caseResults },
        problems: [409],
      },
      async ({ context, editor, slug, body }) => {
        const answered = await runCases(db, slug, body, editor.now())
        return isRefused(answered) ? refusalProblem(context, answered.refused) : context.json(answered)
      },
    ),
  ]
}

function answer(context: Context, stored: StoredPolicy | undefined, warnings: readonly string[] = []): Response {
  context.header('etag', `"${stored?.version ?? 0}"`)
  return context.json(toPolicyView(stored, warnings))
}

/** What we did not make is no version, and matches none. */
const toReplaces = (ifMatch: IfMatch): Replaces =>
  typeof ifMatch === 'object' ? ifMatch.flatMap((tag) => (/^\d{1,10}$/.test(tag) ? [Number(tag)] : [])) : ifMatch
