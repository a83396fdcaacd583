import type { Kysely } from 'kysely'
import { memberRepository } from '../members/member-repository.ts'
import type { Database } from '../store/schema.ts'
import { mcpTokenRepository } from '../tokens/mcp-token-repository.ts'
import { spellMember } from './policy-names.ts'
import type { Names } from './policy-names.ts'

/** Asks whom these texts name in a teamspace. Ids in `known` are good even if their member or token is gone by now. */
export async function findNames(
  db: Kysely<Database>,
  teamspaceId: string,
  wanted: { readonly members: Iterable<string>; readonly tokens: Iterable<string> },
  known: { readonly members: ReadonlySet<string>; readonly tokens: ReadonlySet<string> } = NOBODY,
): Promise<Names> {
  const [members, tokens] = [memberRepository(db, teamspaceId), mcpTokenRepository(db, teamspaceId)]
  const memberIds = new Map<string, string>()
  for (const texts of chunksOf([...wanted.members].map(spellMember))) {
    for (const { id, email } of await members.listNamed(texts)) memberIds.set(id, id).set(email, id)
  }
  const byTokenName = new Map<string, string[]>()
  const tokenIds = new Set<string>()
  for (const texts of chunksOf([...wanted.tokens])) {
    for (const { id, name, revokedAt } of await tokens.listNamed(texts)) {
      tokenIds.add(id)
      if (revokedAt === null) byTokenName.set(name, [...(byTokenName.get(name) ?? []), id])
    }
  }
  return {
    member: (text) => memberIds.get(spellMember(text)) ?? (known.members.has(text) ? text : undefined),
    token: (text) => (tokenIds.has(text) || known.tokens.has(text) ? [text] : byTokenName.get(text)),
  }
}

const NOBODY = { members: new Set<string>(), tokens: new Set<string>() }
const CHUNK = 500

function* chunksOf(texts: readonly string[]): Generator<readonly string[]> {
  const plain = texts.filter((text) => !text.includes('\0')) // which Postgres cannot be asked for
  for (let at = 0; at < plain.length; at += CHUNK) yield plain.slice(at, at + CHUNK)
}
