import { hash } from 'node:crypto'

/** PostgreSQL keeps 63 bytes of an identifier, MongoDB refuses a name of 64. */
const MAX_BYTES = 63
const MAX_ID_BYTES = 256
/** No underscore: prefix `a` with teamspace `b_c` would be prefix `a_b` with teamspace `c`. */
const PREFIX = /^[a-z0-9][a-z0-9-]{0,15}$/
const PLAIN_ID = /^[a-z0-9][a-z0-9_-]*$/

/**
 * The name of a teamspace's own database. Two teamspaces never share one, by case neither: a plain id stands as it is and
 * has no `--`; any other gives a slug, `--` and 128 bits of its SHA-256. `{prefix}__admin` is the name of no teamspace.
 *
 * Store the name with the teamspace when it is made, and find it there ever after.
 *
 * ```ts
 * databaseNameFor('comp', 'acme') // comp_acme
 * databaseNameFor('comp', 'Acme') // comp_acme--37036cd8f9746d335038eca92f8a73ae
 * ```
 */
export function databaseNameFor(prefix: string, teamspaceId: string): string {
  if (typeof prefix !== 'string' || !PREFIX.test(prefix)) {
    throw new TypeError('A database prefix is 1 to 16 of a-z, 0-9 and hyphens, and begins with a letter or digit')
  }
  checkTeamspaceId(teamspaceId)
  const plain = `${prefix}_${teamspaceId}`
  if (plain.length <= MAX_BYTES && PLAIN_ID.test(teamspaceId) && !teamspaceId.includes('--')) return plain

  const digest = hash('sha256', teamspaceId).slice(0, 32)
  const slug = toSlug(teamspaceId).slice(0, MAX_BYTES - prefix.length - digest.length - '_--'.length)
  return `${prefix}_${slug}--${digest}`
}

/** Throws unless a teamspace may have this id. What begins with `_admin` is reserved for the databases of operators. */
export function checkTeamspaceId(teamspaceId: unknown): asserts teamspaceId is string {
  if (typeof teamspaceId !== 'string' || teamspaceId.trim() === '') throw new TypeError('A teamspace id is a string')
  if (Buffer.byteLength(teamspaceId) > MAX_ID_BYTES) {
    throw new RangeError(`A teamspace id has at most ${MAX_ID_BYTES} bytes`)
  }
  // Half a surrogate pair has no UTF-8 of its own: all of them would hash as one id.
  if (!teamspaceId.isWellFormed()) throw new TypeError('A teamspace id is well-formed Unicode')
  if (teamspaceId.startsWith('_admin')) throw new TypeError('Teamspace ids that begin with _admin are reserved')
}

/** For people to recognise; the digest is what tells teamspaces apart. */
const toSlug = (teamspaceId: string) =>
  teamspaceId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
