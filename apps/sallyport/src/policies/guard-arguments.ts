import type { Doubts } from './decision.ts'

type Arguments = Readonly<Record<string, unknown>>

/** Arguments of which those in doubt fail whoever reads them; a condition that can be told without them still is. */
export function guardArguments(args: Arguments, doubts: Exclude<Doubts, string>): Arguments {
  const guarded = { ...args }
  for (const [name, doubt] of doubts) {
    Object.defineProperty(guarded, name, { get: () => fail(doubt), enumerable: true })
  }
  return guarded
}

export function fail(doubt: string): never {
  throw new Error(doubt)
}
