import { foldMember } from './spelling.ts'

/** More would take too long to look at; then nothing can be told. */
const MAX_NAMES = 10_000

/** Names of members that a condition asks for. */
export interface AskedNames {
  /** Of arguments themselves. */
  readonly top: ReadonlySet<string>
  /** Of what is inside of them. */
  readonly nested: ReadonlySet<string>
}

/** By how case-blind readers see it: the one spelling of a name, or that there are several. */
type Spellings = Map<string, string | typeof SEVERAL>
const SEVERAL = Symbol('several')

/** The names in the arguments of one call, as readers that do not mind case tell them apart. */
export class ArgumentNames {
  readonly #args: Readonly<Record<string, unknown>>
  readonly #top: Spellings = new Map()
  #nested: Spellings | undefined
  #count = 0

  constructor(args: Readonly<Record<string, unknown>>) {
    this.#args = args
    for (const name of Object.keys(args)) this.#add(name, this.#top)
  }

  /** Whether a server that reads `To` as `to` would find what a condition does not, or something else. */
  confuse({ top, nested }: AskedNames): boolean {
    if (nested.size > 0) this.#nested ??= this.#collectNested()
    return (
      this.#count > MAX_NAMES || hasOther(this.#top, top) || (this.#nested ? hasOther(this.#nested, nested) : false)
    )
  }

  #collectNested(): Spellings {
    const into: Spellings = new Map()
    for (const member of Object.values(this.#args)) this.#collect(member, into)
    return into
  }

  #collect(value: unknown, into: Spellings): void {
    if (typeof value !== 'object' || value === null || this.#count > MAX_NAMES) return
    if (Array.isArray(value)) return value.forEach((element) => this.#collect(element, into))
    for (const [name, member] of Object.entries(value)) {
      this.#add(name, into)
      this.#collect(member, into)
    }
  }

  #add(name: string, into: Spellings): void {
    if (++this.#count > MAX_NAMES) return
    const folded = foldMember(name)
    const spelt = into.get(folded)
    if (spelt === undefined) into.set(folded, name)
    else if (spelt !== name) into.set(folded, SEVERAL)
  }
}

/** Conditions ask for the same few names in every call. */
const foldedNames = new WeakMap<ReadonlySet<string>, readonly (readonly [name: string, folded: string])[]>()

function foldedOf(asked: ReadonlySet<string>) {
  const known = foldedNames.get(asked) ?? Array.from(asked, (name) => [name, foldMember(name)] as const)
  foldedNames.set(asked, known)
  return known
}

function hasOther(spellings: Spellings, asked: ReadonlySet<string>): boolean {
  if (asked.size === 0 || spellings.size === 0) return false
  for (const [name, folded] of foldedOf(asked)) {
    const found = spellings.get(folded)
    if (found !== undefined && found !== name) return true
  }
  return false
}
