import { cachedLookup } from '../store/cached-lookup.ts'
import type { Store } from '../store/store.ts'
import type { CacheUses } from '../telemetry/cache-uses.ts'
import { memberRepository, toMember } from './member-repository.ts'
import type { Member } from './member.ts'

export interface MemberLookup {
  /** Counts the changes heard of: while it stays, so does every answer. */
  readonly epoch: number
  /** The member whom this identity belongs to in this teamspace. */
  find(teamspaceId: string, issuer: string, subject: string): Member | undefined | Promise<Member | undefined>
}

export function createMemberLookup(store: Store, now: () => number = Date.now, uses?: CacheUses): MemberLookup {
  const members = cachedLookup<Member>({
    changes: store.changes,
    kinds: ['member', 'teamspace'],
    teamspaceOf: (member) => member.teamspaceId,
    now,
    uses,
  })
  return {
    get epoch() {
      return members.epoch
    },
    // The subject comes last: it is the only part that may hold any character, so keys cannot collide.
    find: (teamspaceId, issuer, subject) =>
      members.get(`${teamspaceId}\n${issuer}\n${subject}`, async () => {
        const found = await memberRepository(store.db, teamspaceId).findBySubject(issuer, subject)
        return found && toMember(found)
      }),
  }
}
