import { z } from 'zod'
import type { IdentitySource, Member } from './member.ts'

export const MAX_DISPLAY_NAME = 256
/** More is not looked at. */
const MAX_INPUT = 4 * MAX_DISPLAY_NAME

/** Nobody sees them, but they reverse what follows, end lines, or cannot be stored. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu

/** What somebody is called, in one line that reads as it is written; null for what says nothing. */
export function toDisplayName(value: unknown): string | null {
  if (typeof value !== 'string') return null
  const line = value.slice(0, MAX_INPUT).normalize('NFC').replace(/\s+/gu, ' ').replace(UNSEEN, '')
  const name = line.replace(/ +/g, ' ').trim().slice(0, MAX_DISPLAY_NAME)
  return name.replace(/\p{Cs}$/u, '').trimEnd() || null // half of a character that was cut
}

/** As people write it. Directories, which write what they like, are cut instead. */
export const displayName = z.string().max(MAX_DISPLAY_NAME).transform(toDisplayName)

/** Both names and what is searched for in them. */
export const searchedName = (text: string): string => text.normalize('NFC').toLowerCase()

/**
 * The name that a source gives a member, when it is another than they have. It names whoever has no name, and whoever is here
 * by it alone; so sources that disagree do not take turns. Just-in-time membership tells no names.
 */
export function newNameBy(
  source: IdentitySource,
  { displayName, sources }: Pick<Member, 'displayName' | 'sources'>,
  told: string | null | undefined,
): string | undefined {
  if (!told || told === displayName) return undefined
  const isAlone = sources.every((own) => own === source || own === 'jit')
  return displayName === null || isAlone ? told : undefined
}
