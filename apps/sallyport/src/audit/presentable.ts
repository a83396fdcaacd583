const MAX_LENGTH = 512
const MAX_ITEMS = 20

/** What looks like a credential: whoever sends one in the wrong place must not find it in the audit trail. */
const CREDENTIAL = /mcpt_[\w-]+|scim_[\w-]{43}|eyJ[\w-]{8,}(?:\.[\w-]*){0,4}|(?<=\b(?:bearer|basic)\s+)\S+/gi

/**
 * Details of a refusal as they are kept: each text cut, each list too, and nothing in it that looks like a credential.
 * They are for the admin, but what was presented is the caller's choice.
 */
export function presentable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return presentableText(value)
  if (typeof value !== 'object' || value === null) return value
  if (depth > 3) return '…'
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => presentable(item, depth + 1))
  const entries = Object.entries(value).slice(0, MAX_ITEMS)
  return Object.fromEntries(entries.map(([name, member]) => [name, presentable(member, depth + 1)]))
}

/** One text as it is kept: nothing else that callers write goes into the audit trail. */
export function presentableText(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH - 1)}…` : text
  return cut.replace(CREDENTIAL, (found) => `${found.slice(0, /^(?:mcpt|scim)_/.test(found) ? 5 : 3)}…`)
}
