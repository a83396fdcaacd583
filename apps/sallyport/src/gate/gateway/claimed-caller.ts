import type { ClaimedCaller } from '../../audit/audit-event.ts'
import { headerValues } from './header-values.ts'

/** A header in which a gateway names the caller. */
export interface CallerHeader {
  /** Lower case. */
  readonly name: string
  readonly format: 'easyauth' | 'swa' | 'plain' | 'jwt-unverified'
  /** What a plain header says. */
  readonly as: keyof ClaimedCaller
}

export interface ClaimedCallerOutcome {
  readonly claimed: ClaimedCaller | undefined
  /** Headers that said nothing readable. */
  readonly malformed: readonly string[]
}

const MAX_HEADER_BYTES = 8 * 1024
const MAX_FIELD_CHARACTERS = 256

/** Whom the gateway says it let through: for the audit trail, and never anything to decide by (S3-30 … S3-35). */
export function readClaimedCaller(
  rawHeaders: readonly string[],
  callerHeaders: readonly CallerHeader[],
): ClaimedCallerOutcome {
  let claimed: ClaimedCaller | undefined
  const malformed: string[] = []
  for (const header of callerHeaders) {
    const read = readHeader(rawHeaders, header, malformed)
    if (read) claimed = { ...read, ...claimed } // the first header that says it counts
  }
  return { claimed, malformed }
}

function readHeader(rawHeaders: readonly string[], header: CallerHeader, malformed: string[]) {
  const one = (name: string): string | undefined => {
    const values = headerValues(rawHeaders, name)
    if (values.length === 1 && values[0]!.length <= MAX_HEADER_BYTES) return values[0]
    if (values.length > 0) malformed.push(name)
    return undefined
  }
  const { name, format } = header
  const value = one(name)
  const parsed = value === undefined ? {} : tryParse(value, header)
  if (!parsed) malformed.push(name)
  if (format === 'plain' || format === 'jwt-unverified') return toClaimed(parsed ?? {})
  return toClaimed({ ...readCompanions(name, one), ...defined(parsed ?? {}) })
}

/** App Service says the main things once more, in headers of their own (S3-31). */
function readCompanions(name: string, one: (name: string) => string | undefined): Said {
  return { id: decoded(one(`${name}-id`)), name: decoded(one(`${name}-name`)), idp: decoded(one(`${name}-idp`)) }
}

type Said = { readonly [Field in keyof ClaimedCaller]?: unknown }

function tryParse(value: string, { format, as }: CallerHeader): Said | undefined {
  try {
    if (format === 'plain') return { [as]: decoded(value) }
    if (format === 'jwt-unverified') return fromJwt(value)
    const principal = parseObject(base64(value))
    return format === 'easyauth' ? fromAppService(principal) : fromStaticWebApps(principal)
  } catch {
    return undefined
  }
}

const OBJECT_ID = new Set(['oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'])
const SUBJECT = new Set(['sub', 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier'])

function fromAppService({ auth_typ: idp, name_typ: nameType, claims }: Members): Said {
  if (!Array.isArray(claims)) throw new TypeError('not a principal of App Service')
  const valueOf = (isWanted: (type: unknown) => boolean): unknown =>
    (claims as (Members | null)[]).find((claim) => isWanted(claim?.typ))?.val
  const id = valueOf((type) => OBJECT_ID.has(type as string)) ?? valueOf((type) => SUBJECT.has(type as string))
  return { id, name: valueOf((type) => type !== undefined && type === nameType), idp }
}

function fromStaticWebApps({ identityProvider, userId, userDetails }: Members): Said {
  if (typeof userId !== 'string') throw new TypeError('not a principal of Static Web Apps')
  return { id: userId, name: userDetails, idp: identityProvider }
}

/** No signature is looked at: what it says is worth as much as any other header. */
function fromJwt(value: string): Said {
  const payload = /^(?:Bearer )?[\w-]+\.([\w-]+)\.[\w-]*$/i.exec(value)?.[1]
  if (payload === undefined) throw new TypeError('not a JWT')
  const { oid, sub, preferred_username: userName, email, name, iss } = parseObject(Buffer.from(payload, 'base64url'))
  return { id: oid ?? sub, name: userName ?? email ?? name, idp: iss }
}

type Members = Readonly<Record<string, unknown>>

const UTF8 = new TextDecoder('utf-8', { fatal: true })
const FOREIGN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])

function parseObject(bytes: Buffer): Members {
  const parsed: unknown = JSON.parse(UTF8.decode(bytes), (key, member: unknown) => {
    if (FOREIGN_KEYS.has(key)) throw new TypeError('a key that no principal has')
    return member
  })
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new TypeError('not an object')
  return parsed as Members
}

/** Buffer.from skips what is not base64, so that two texts could say the same. */
function base64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new TypeError('not base64')
  return Buffer.from(text, 'base64')
}

/** Node reads header bytes as Latin-1; names beyond ASCII mostly come in UTF-8. */
function decoded(value: string | undefined): string | undefined {
  if (value === undefined) return undefined
  try {
    return UTF8.decode(Buffer.from(value, 'latin1'))
  } catch {
    return value
  }
}

const defined = (said: Said): Said =>
  Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))

function toClaimed(said: Said): ClaimedCaller | undefined {
  const fields = Object.entries(said)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
    .map(([field, text]) => [field, harmless(text)])
  return fields.length > 0 ? (Object.fromEntries(fields) as ClaimedCaller) : undefined
}

/** Whoever reads the trail, in whatever program, sees one short line and nothing that moves the cursor (S3-33). */
const harmless = (text: string): string =>
  text
    .slice(0, MAX_FIELD_CHARACTERS)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (found) => `\\u{${found.codePointAt(0)!.toString(16)}}`)
