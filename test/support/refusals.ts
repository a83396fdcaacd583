import assert from 'node:assert/strict'
import { parseChallenge } from '../../packages/verifier/test/auth-params.ts'
import type { TestGate } from './gate.ts'
import type { RawAnswer } from './raw-http.ts'

export type Answer = RawAnswer

export interface ExpectedRefusal {
  readonly status: number
  readonly code?: string
  /** The words that the caller reads. */
  readonly says?: string
  /** No teamspace is left whose sign-in the challenge could name. */
  readonly withoutSignIn?: boolean
}

type Watched = Pick<TestGate, 'upstream'>
type Send = () => Promise<Response | RawAnswer>

/** By shape: a `Response` of another implementation is one as well. */
const toAnswer = async (response: Response | RawAnswer): Promise<Answer> =>
  typeof response.body === 'string'
    ? (response as RawAnswer)
    : { status: response.status, headers: response.headers, body: await (response as Response).text() }

/** A refusal in full: status, words, a challenge where one belongs and only there, and nothing sent on. */
export async function expectRefusal({ upstream }: Watched, send: Send, expected: ExpectedRefusal): Promise<Answer> {
  const reached = upstream.seen.length
  const answer = await toAnswer(await send())
  assert.equal(answer.status, expected.status, answer.body)
  assert.equal(upstream.seen.length, reached, 'the server behind must not be reached')
  const { code, says } = wordsOf(answer)
  if (expected.code !== undefined) assert.equal(code, expected.code)
  if (expected.says !== undefined) assert.equal(says, expected.says)
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  checkChallenge(answer, expected)
  return answer
}

/** "Could not find out": never a verdict, so there is no challenge that would make clients drop a good token. */
export async function expectFault({ upstream }: Watched, send: Send, code: string, status = 503): Promise<Answer> {
  const reached = upstream.seen.length
  const answer = await toAnswer(await send())
  assert.equal(answer.status, status, answer.body)
  assert.equal(wordsOf(answer).code, code)
  assert.equal(upstream.seen.length, reached, 'the server behind must not be reached')
  assert.equal(answer.headers.get('www-authenticate'), null)
  if (status === 503) assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/)
  return answer
}

export async function expectAllowed({ upstream }: Watched, send: Send): Promise<Answer> {
  const reached = upstream.seen.length
  const answer = await toAnswer(await send())
  assert.equal(answer.status, 200, answer.body)
  assert.equal(upstream.seen.length, reached + 1)
  assert.equal(answer.headers.get('www-authenticate'), null)
  return answer
}

/** The parameters of the challenge, by a strict reading of RFC 9110 §11.6.1. */
export function challengeOf(answer: Answer): Record<string, string> {
  const field = answer.headers.get('www-authenticate')
  assert.ok(field, 'no WWW-Authenticate')
  const { scheme, params } = parseChallenge(field)
  assert.equal(scheme, 'Bearer')
  return params
}

function checkChallenge(answer: Answer, { withoutSignIn = false }: ExpectedRefusal): void {
  const { error } = wordsOf(answer)
  if (answer.status !== 401 && error !== 'insufficient_scope') {
    return assert.equal(answer.headers.get('www-authenticate'), null)
  }
  const challenge = challengeOf(answer)
  assert.equal(URL.canParse(challenge['resource_metadata'] ?? ''), !withoutSignIn, 'whether it names the metadata')
  assert.equal(challenge['error'], error === 'token_missing' ? undefined : error)
}

function wordsOf({ body }: Answer): { code?: string; says?: string; error?: string } {
  const parsed = JSON.parse(body) as Record<string, any>
  const rpc = parsed['jsonrpc'] === '2.0' ? parsed['error'] : undefined
  return rpc
    ? { code: rpc.data.code, says: rpc.message }
    : { code: parsed['code'], says: parsed['error_description'], error: parsed['error'] }
}
