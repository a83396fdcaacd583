import { z } from 'zod'
import { toGuid } from '../connections/guid.ts'
import { ROLES } from './member.ts'

const EMAIL = /^[^\s@"(),:;<>[\]\\\p{C}]{1,64}@[^\s@"(),:;<>[\]\\\p{C}]+\.[^\s@"(),:;<>[\]\\\p{C}.]+$/u

/** One spelling for each e-mail. It is a label, so nothing is decided by this comparison alone. */
export const email = z
  .string()
  .max(254) // RFC 5321 §4.5.3.1.3, less the angle brackets
  .transform((text) => text.trim().normalize('NFC').toLowerCase())
  .refine((text) => text.length <= 254 && EMAIL.test(text), { error: 'must be an e-mail address' })

/** Object ids, never e-mails, identify people; a typing error here would lock the person out, so it is refused. */
const objectId = z.string().transform((text, context) => {
  const id = toGuid(text)
  if (id !== undefined) return id
  context.addIssue({ code: 'custom', message: 'must be the GUID that Entra shows as Object ID of the user' })
  return z.NEVER
})

export const newMember = z.strictObject({ email, objectId, role: z.enum(ROLES).optional() })

export type NewMember = z.output<typeof newMember>
