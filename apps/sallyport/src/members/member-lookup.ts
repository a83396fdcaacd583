import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import type { Awaitable } from '../store/when-ready.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import { memberRepository, toMember } from './member-repository.ts'
import { identityKey, identityOfToken } from './identity-issuer.ts'
import type { PersonalToken, TokenIdentity } from './identity-issuer.ts'
import type { Member } from './member.ts'

export interface MemberLookup {
  /** Counts the changes heard of: while it stays, so does every answer. */
  readonly epoch: number
  /** The member whom this identity belongs to in this teamspace. The same object, for as long as it is known. */
  find(teamspaceId: string, issuer: string, subject: string): Awaitable<Member | undefined>
  /** The same of the identity that a token proves. */
  findByToken(token: PersonalToken): Awaitable<Member | undefined>
}

export function createMemberLookup(store: Store, now: () => number = Date.now, uses?: CacheUses): MemberLookup {
  const members = cachedLookup<Member>({
    changes: store.changes,
    kinds: ['member', 'teamspace'],
    teamspaceOf: (member) => member.teamspaceId,
    now,
    uses,
  })
  const find = ({ issuer, key }: TokenIdentity, teamspaceId: string, subject: string) =>
    members.get(key, async () => {
      const found = await memberRepository(store.db, teamspaceId).findBySubject(issuer, subject)
      return found && toMember(found)
    })
  return {
    get epoch() {
      return members.epoch
    },
    find: (teamspaceId, issuer, subject) =>
      find({ issuer, key: identityKey(teamspaceId, issuer, subject) }, teamspaceId, subject),
    findByToken: (token) => find(identityOfToken(token), token.teamspaceId, token.subject),
  }
}
