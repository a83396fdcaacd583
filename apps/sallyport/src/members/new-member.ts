import { z } from 'zod'
import { toGuid } from '../connections/guid.ts'
import { displayName } from './display-name.ts'
import { ROLES } from './member.ts'

const EMAIL = /^[^\s@"(),:;<>[\]\\\p{C}]{1,64}@[^\s@"(),:;<>[\]\\\p{C}]+\.[^\s@"(),:;<>[\]\\\p{C}.]+$/u

/** One spelling for each e-mail. It is a label, so nothing is decided by this comparison alone. */
export const spellEmail = (text: string): string => text.trim().normalize('NFC').toLowerCase()

export const email = z
  .string()
  .max(254) // RFC 5321 §4.5.3.1.3, less the angle brackets
  .transform(spellEmail)
  .refine((text) => text.length <= 254 && EMAIL.test(text), { error: 'must be an e-mail address' })

/** Object ids, never e-mails, identify people; a typing error here would lock the person out, so it is refused. */
const objectId = z.string().transform((text, context) => {
  const id = toGuid(text)
  if (id !== undefined) return id
  context.addIssue({ code: 'custom', message: 'must be the GUID that Entra shows as Object ID of the user' })
  return z.NEVER
})

/** As the token spells it: it compares with case, and is at most 255 characters (OpenID Connect Core §2). */
const subject = z
  .string()
  .max(255)
  .regex(/^\P{Cc}+$/u, { error: 'must be the subject as the token has it, without control characters' })

/** A namespace is a DNS label, a service account's name a DNS subdomain (RFC 1123). */
const LABEL = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
const SERVICE_ACCOUNT = new RegExp(`^(${LABEL})/(${LABEL}(?:\\.${LABEL})*)$`)

const serviceAccount = z
  .string()
  .max(200)
  .transform((text, context) => {
    const [, namespace, name] = SERVICE_ACCOUNT.exec(text) ?? []
    if (namespace !== undefined && name !== undefined) return { namespace, name }
    context.addIssue({ code: 'custom', message: 'must be NAMESPACE/NAME of a service account' })
    return z.NEVER
  })

/** How a member is told from all others; each way needs the teamspace's connection of its kind. */
export type MemberIdentifier =
  | { readonly objectId: string }
  | { readonly subject: string }
  | { readonly serviceAccount: { readonly namespace: string; readonly name: string } }

export type NewMember = MemberIdentifier & {
  /** May be left out for a service account, which has a name of its own. */
  readonly email?: string | undefined
  readonly displayName?: string | null | undefined
  readonly role?: (typeof ROLES)[number] | undefined
}

const IDENTIFIERS = ['objectId', 'subject', 'serviceAccount'] as const

export const newMember = z
  .strictObject({
    email: email.optional(),
    displayName: displayName.optional(),
    role: z.enum(ROLES).optional(),
    objectId: objectId.optional(),
    subject: subject.optional(),
    serviceAccount: serviceAccount.optional(),
  })
  .transform((input, context): NewMember => {
    const given = IDENTIFIERS.filter((name) => input[name] !== undefined)
    const problem = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message })
    if (given.length !== 1) problem(given.slice(1, 2), `exactly one of ${IDENTIFIERS.join(', ')} is needed`)
    if (input.email === undefined && input.serviceAccount === undefined) problem(['email'], 'is needed')
    return input as NewMember
  })
