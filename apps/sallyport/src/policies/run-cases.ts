import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Database } from '../store/schema.ts'
import { unknownTeamspace } from '../teamspaces/edit-teamspace.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import { teamspaceRepository } from '../teamspaces/teamspace-repository.ts'
import { readStoredPolicy } from './checked-policy.ts'
import { compilePolicy } from './compile.ts'
import { findNames } from './find-names.ts'
import type { PolicyCase } from './policy-case.ts'
import { namedIn, resolveNames } from './policy-names.ts'
import type { Names, PolicyProblem } from './policy-names.ts'
import { policyRepository } from './policy-repository.ts'
import { DEFAULT_POLICY } from './policy.ts'
import type { Policy } from './policy.ts'
import { tryCase } from './try-policy.ts'
import type { CaseResult } from './try-policy.ts'

interface Trial {
  /** The saved one, unless given. */
  readonly policy?: Policy | undefined
  readonly cases: readonly PolicyCase[]
}

/** Tries a policy on cases that name members and tokens of a teamspace. Saves nothing. */
export async function runCases(
  db: Kysely<Database>,
  slug: string,
  { policy: draft, cases }: Trial,
  now: number,
): Promise<{ readonly results: readonly CaseResult[] } | Refusal> {
  const teamspace = await teamspaceRepository(db).findBySlug(slug)
  if (!teamspace) return unknownTeamspace()
  const stored = draft ? undefined : await policyRepository(db, teamspace.id).find()
  const policy = draft ?? readOrRefuse(stored?.document ?? DEFAULT_POLICY)
  if ('refused' in policy) return policy

  const { members, tokens } = namedIn(policy)
  const callers = { members: given(cases, 'member'), tokens: given(cases, 'token') }
  const wanted = { members: [...members, ...callers.members], tokens: [...tokens, ...callers.tokens] }
  const names = await findNames(db, teamspace.id, wanted, draft ? undefined : { members, tokens })
  const resolved = resolveNames(policy, names)
  const strangers = cases.flatMap((asked, index) => strangersIn(asked, index, names))
  const problems = [...('problems' in resolved ? resolved.problems : []), ...strangers]
  if (!('policy' in resolved) || problems.length > 0) return refuseAll(problems)

  const compiled = compilePolicy(resolved.policy)
  const results: CaseResult[] = []
  for (const asked of cases) {
    results.push(tryCase(compiled, withIds(asked, names), now))
    await nextTurn() // a case may cost milliseconds, and the gate shares this process
  }
  return { results }
}

function readOrRefuse(document: unknown): Policy | Refusal {
  try {
    const policy = readStoredPolicy(document)
    compilePolicy(policy)
    return policy
  } catch (error) {
    return refuse({ code: 'conflict', says: (error as Error).message })
  }
}

const given = (cases: readonly PolicyCase[], member: 'member' | 'token'): ReadonlySet<string> =>
  new Set(cases.flatMap(({ caller }) => caller[member] ?? []))

function strangersIn({ caller: { member, token } }: PolicyCase, index: number, names: Names): PolicyProblem[] {
  const problem = (field: string, says: string) => [{ path: ['cases', index, 'caller', field], says }]
  return [
    ...(member !== undefined && names.member(member) === undefined
      ? problem('member', 'is no member of this teamspace')
      : []),
    ...(token !== undefined && names.token(token)?.length !== 1
      ? problem(
          'token',
          names.token(token) ? 'means several MCP tokens: give an id' : 'is no MCP token of this teamspace',
        )
      : []),
  ]
}

function withIds(asked: PolicyCase, names: Names): PolicyCase {
  const { member, token } = asked.caller
  const caller = {
    ...asked.caller,
    ...(member !== undefined && { member: names.member(member) }),
    ...(token !== undefined && { token: names.token(token)?.[0] }),
  }
  return { ...asked, caller }
}

const refuseAll = (problems: readonly PolicyProblem[]): Refusal =>
  refuse({
    code: 'invalid',
    says: 'Somebody is named who is not there',
    errors: problems.map(({ path, says }) => ({ path: path.join('.'), says })),
  })
