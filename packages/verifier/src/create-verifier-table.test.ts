import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { credentialRows } from '../test/dispatch-table.ts'
import { startWorld } from '../test/dispatch-world.ts'
import type { Verifier, VerifyContext } from './create-verifier.ts'
import { isDenied } from './denial.ts'
import type { TokenKind, VerifiedToken } from './verified-token.ts'

const world = await startWorld()
after(() => world[Symbol.asyncDispose]())
const rows = credentialRows(world.issued)

const KINDS = ['entra', 'oidc', 'token', 'kubernetes'] as const
const SUBSETS = Array.from({ length: 16 }, (_, bits) => new Set(KINDS.filter((_kind, index) => bits & (1 << index))))

async function codeOf(verifier: Pick<Verifier, 'verify'>, accessToken: string, context?: VerifyContext) {
  const outcome = await verifier.verify(accessToken, context)
  return isDenied(outcome) ? outcome.denied.code : 'verified'
}

test('X-11 X-12 the table has its rows, each under a name of its own', () => {
  assert.ok(rows.length >= 80, String(rows.length))
  assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length)
  for (const kind of KINDS)
    assert.ok(
      rows.some(({ judge, code }) => judge === kind && code === 'verified'),
      kind,
    )
})

for (const { name, accessToken, judge, code, asks, again } of rows) {
  test(`X-11 X-12 ${name}: ${code}, by one verifier, which asks ${asks.join(', ') || 'nobody'}`, async () => {
    const { verifier, asked } = world.watch()
    const cold = await verifier.verify(accessToken)
    assert.equal(isDenied(cold) ? cold.denied.code : 'verified', code)
    assert.deepEqual(asked(), asks)

    // What is known by now spares calls, never changes the verdict, and is learnt from at most one more call.
    assert.deepEqual(await verifier.verify(accessToken), cold)
    assert.deepEqual(networkOf(asked()), networkOf(again ?? []))
    assert.deepEqual(await verifier.verify(accessToken), cold)
    assert.deepEqual(networkOf(asked()), [])

    if (judge !== 'nobody') return assert.deepEqual(await world.alone(judge).verify(accessToken), cold)
    for (const kind of KINDS) assert.notEqual(await codeOf(world.alone(kind), accessToken), 'verified', kind)
  })
}

const networkOf = (asked: readonly string[]) => asked.filter((what) => !what.startsWith('find'))

test('X-12 a refusal stands though the cluster and the source of MCP tokens would say yes to anybody', async () => {
  world.setCredulous(true)
  try {
    for (const { name, accessToken, judge, code, asks } of rows) {
      if (judge === 'kubernetes' || judge === 'token') continue
      const { verifier, asked } = world.watch()
      assert.equal(await codeOf(verifier, accessToken), code, name)
      assert.deepEqual(asked(), asks, name)
    }
  } finally {
    world.setCredulous(false)
  }
})

/** Whose business each question is. The cluster's tokens are those of no issuer that is connected, so that is asked first. */
const ASKED_FOR: Readonly<Record<string, readonly TokenKind[]>> = {
  'find entra': ['entra'],
  'find oidc': ['oidc', 'kubernetes'],
  'find token': ['token'],
  'entra keys': ['entra', 'oidc'],
  'usgov keys': ['entra'],
  'issuer metadata': ['oidc'],
  'issuer keys': ['oidc'],
  'slashed metadata': ['oidc'],
  'slashed keys': ['oidc'],
  TokenReview: ['kubernetes'],
}

test('D-11 at a place that accepts other kinds, nothing is asked that is theirs alone, and the verdict is that of an accepted kind', async () => {
  for (const { name, accessToken, judge, code, asks } of rows) {
    for (const accept of SUBSETS) {
      const { verifier, asked } = world.watch()
      const outcome = await verifier.verify(accessToken, { accept })
      const where = `${name}, accepting ${[...accept].join(' ')}`
      const questions = asked()
      if (!isDenied(outcome)) assert.ok(accept.has(outcome.kind), where)
      for (const what of questions)
        assert.ok(
          ASKED_FOR[what]?.some((kind) => accept.has(kind)),
          `${where}: ${what}`,
        )

      const said = isDenied(outcome) ? outcome.denied.code : 'verified'
      const isAccepted = judge === 'nobody' || accept.has(judge)
      if (isAccepted) assert.deepEqual([said, ...networkOf(questions)], [code, ...networkOf(asks)], where)
      // Where only plain issuers are accepted, Entra may be one of them.
      else if (!(judge === 'entra' && accept.has('oidc'))) {
        assert.notEqual(said, 'verified', where)
        assert.deepEqual(
          networkOf(questions).filter((what) => what !== 'TokenReview'),
          [],
          where,
        )
      }
    }
  }
})

test('D-11 what one place has verified changes no verdict at another', async () => {
  const { verifier } = world.watch()
  const everywhere = async (): Promise<(VerifiedToken | object)[]> => {
    const outcomes = []
    for (const { accessToken } of rows) {
      for (const accept of SUBSETS) outcomes.push(await verifier.verify(accessToken, { accept }))
    }
    return outcomes
  }
  const warm = (await everywhere(), await everywhere())
  for (const [index, { name, accessToken }] of rows.entries()) {
    for (const [at, accept] of SUBSETS.entries()) {
      const cold = await world.watch().verifier.verify(accessToken, { accept })
      assert.deepEqual(warm[index * SUBSETS.length + at], cold, `${name}, accepting ${[...accept].join(' ')}`)
    }
  }
})
