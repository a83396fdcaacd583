import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { NewIdentity } from './identity-of.ts'
import type { MemberIdentity } from './member-repository.ts'
import type { Role } from './member.ts'

/** Somebody to be added, and whom the teamspace has with that identity and with that e-mail. */
export interface Comparison {
  readonly identity: NewIdentity
  readonly role: Role | undefined
  readonly bySubject: MemberIdentity | undefined
  readonly byEmail: MemberIdentity | undefined
}

/** The member that this person is already, if any. Whoever is somebody else's namesake is refused, never merged (S2D-10). */
export function compareMember({
  identity,
  role,
  bySubject,
  byEmail,
}: Comparison): { known?: MemberIdentity } | Refusal {
  const conflict = (field: string, says: string) => refuse({ code: 'conflict', field, says })
  if (!bySubject) {
    const says = `This e-mail is already a member here with another ${identity.says}; remove that member first`
    return byEmail ? conflict('email', says) : {}
  }
  if (bySubject.email !== identity.email) {
    const says = `This ${identity.says} is already a member here with another e-mail; remove that member first`
    return conflict(identity.field, says)
  }
  if (role !== undefined && role !== bySubject.role) {
    return conflict('role', `This person is already a member here, as ${bySubject.role}`)
  }
  return { known: bySubject }
}
