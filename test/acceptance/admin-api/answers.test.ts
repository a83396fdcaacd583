import assert from 'node:assert/strict'
import { z } from 'zod'
import type { AnswerBody, ServedRoute } from '../../../apps/sallyport/src/admin/api/api-route.ts'
import { forEachStore } from '../../support/each-store.ts'
import { aWorld, bodyFor, pathFor, titleOf } from './world.ts'

/** What only its own tests can bring about: a run that a later one has not overtaken. */
const NEEDS_A_PAST = new Set(['POST /teamspaces/:slug/group-sync/runs/:id/confirm'])

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** What reads comes first, what removes last: single things before what they belong to. */
const inOrder = (routes: readonly ServedRoute[]): ServedRoute[] =>
  routes.toSorted(
    (one, other) => METHODS.indexOf(one.method) - METHODS.indexOf(other.method) || rank(other) - rank(one),
  )

const rank = ({ path, exampleQuery }: ServedRoute): number =>
  (path.match(/:/g)?.length ?? 0) * 100 + (exampleQuery ? 50 : 0) + path.length

forEachStore('every route takes its example, and answers no more and no less than it declares', async (t, open) => {
  const { routes, send, globex } = await aWorld(t, open)
  for (const route of inOrder(routes)) {
    const answer = await send(route.method, pathFor(route, 'globex', globex), {
      as: 'operator',
      body: bodyFor(route),
      ...(route.versioned && route.method !== 'get' && { headers: { 'if-match': '*' } }),
    })
    if (NEEDS_A_PAST.has(titleOf(route)) && answer.status === 409) continue
    const declared = route.answers[answer.status]
    assert.ok(declared, `${titleOf(route)} answers ${answer.status}: ${answer.text}`)
    const problem = [declared].flat().map((body) => problemOf(body, answer))
    assert.ok(problem.includes(undefined), `${titleOf(route)}: ${problem.join()} in ${answer.text}`)
    if (route.versioned && route.method !== 'delete') assert.match(answer.etag ?? '', /^"[\w-]+"$/, titleOf(route))
  }
})

function problemOf(declared: AnswerBody, { type, body, text }: { type: string; body: unknown; text: string }) {
  if (declared === 'nothing') return text === '' ? undefined : 'there is a body'
  if (!(declared instanceof z.ZodType)) {
    return type.startsWith(declared.mediaType) ? undefined : `${type} for ${declared.mediaType}`
  }
  const { error } = declared.safeParse(body)
  return error && JSON.stringify(error.issues)
}
