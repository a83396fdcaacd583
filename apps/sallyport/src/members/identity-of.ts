import type { connectionRepository } from '../connections/connection-repository.ts'
import { issuerKeyOf } from '../connections/connection.ts'
import { refuse } from '../teamspaces/refusal.ts'
import type { Refusal } from '../teamspaces/refusal.ts'
import type { MemberIdentifier, NewMember } from './new-member.ts'

/** Who a new member is to the gate, and what people call them. */
export interface NewIdentity {
  readonly issuer: string
  readonly subject: string
  readonly email: string
  /** The input that names the subject, and its words. */
  readonly field: 'objectId' | 'subject' | 'serviceAccount'
  readonly says: string
}

type Connections = Pick<ReturnType<typeof connectionRepository>, 'find'>

/** An identity belongs to whoever issues it, so the connection comes first. */
export async function identityOf(person: NewMember, connections: Connections): Promise<NewIdentity | Refusal> {
  const { kind, field, says, belongTo } = termsOf(person)
  const connection = await connections.find(kind)
  if (!connection) {
    const article = kind === 'kubernetes' ? 'a' : 'an'
    return refuse({
      code: 'conflict',
      says: `Set ${article} ${kind} connection of this teamspace first: ${says}s belong to its ${belongTo}`,
    })
  }
  const named = { issuer: issuerKeyOf(connection), field, says }
  if (!('serviceAccount' in person)) {
    return { ...named, subject: 'objectId' in person ? person.objectId : person.subject, email: person.email! }
  }
  const { namespace, name } = person.serviceAccount
  const cluster = connection.kind === 'kubernetes' ? connection.cluster : ''
  const email = person.email ?? `${name}.${namespace}@${cluster}.kubernetes`
  return { ...named, subject: `system:serviceaccount:${namespace}:${name}`, email }
}

function termsOf(person: MemberIdentifier) {
  if ('objectId' in person) {
    return { kind: 'entra', field: 'objectId', says: 'object id', belongTo: 'Entra tenant' } as const
  }
  if ('subject' in person) return { kind: 'oidc', field: 'subject', says: 'subject', belongTo: 'issuer' } as const
  return { kind: 'kubernetes', field: 'serviceAccount', says: 'service account', belongTo: 'cluster' } as const
}
