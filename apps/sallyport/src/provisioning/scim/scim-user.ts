import { toDisplayName } from '../../members/display-name.ts'
import { email as emailSchema } from '../../members/new-member.ts'
import { fold } from './filter/filter.ts'
import { textOf, valuesOf } from './document/document.ts'
import type { ComplexValue, ResourceDocument } from './document/document.ts'
import type { MemberStatus, ScimConnectionKind } from './membership.ts'

export interface ScimUser {
  readonly id: string
  readonly document: ResourceDocument
  readonly connectionKind: ScimConnectionKind
  readonly identityId: string | null
  readonly status: MemberStatus
  readonly version: number
  readonly createdAt: number
  readonly modifiedAt: number
}

export const isActive = (document: ResourceDocument): boolean => document['active'] !== false

export const userNameKey = (document: ResourceDocument): string => fold(textOf(document, 'userName') ?? '')

/** What people call the person: the primary address, the one for work, any other, or a user name that looks like one. */
export function emailOf(document: ResourceDocument): string | undefined {
  const emails = valuesOf(document, 'emails')
  const chosen =
    emails.find(({ primary }) => primary === true) ?? emails.find(({ type }) => type === 'work') ?? emails[0]
  const candidates = [chosen?.['value'], textOf(document, 'userName')]
  return candidates.map((text) => emailSchema.safeParse(text).data).find((text) => text !== undefined)
}

/** How people are shown (RFC 7643 §4.1.1): as the provider says, else by the parts of the name. */
export function displayNameOf(document: ResourceDocument): string | null {
  const name = document['name']
  const parts = typeof name === 'object' && !Array.isArray(name) ? (name as ComplexValue) : {}
  const { formatted, givenName, familyName } = parts
  const joined = [givenName, familyName].filter((part) => typeof part === 'string').join(' ')
  return toDisplayName(textOf(document, 'displayName')) ?? toDisplayName(formatted) ?? toDisplayName(joined)
}
