import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { TERMS } from '../../../apps/sallyport/src/outcome/denial.ts'
import { FAULT_TERMS } from '../../../apps/sallyport/src/outcome/fault.ts'
import { FAULTS, UNRECORDED } from './fault-entries.ts'
import { INNER_DOOR } from './inner-door-entries.ts'
import { MESSAGES } from './message-entries.ts'
import { OUTER_DOOR } from './outer-door-entries.ts'
import { RULES } from './rule-entries.ts'
import { expectEntry } from './expect-entry.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

const ENTRIES = [...OUTER_DOOR, ...MESSAGES, ...RULES, ...INNER_DOOR, ...FAULTS]
const MODES = [
  { mode: 'best-effort', entries: ENTRIES },
  { mode: 'required', entries: [...ENTRIES, ...UNRECORDED] },
]

for (const { mode, entries } of MODES) {
  describe(`audit ${mode}: callers, operators and counters are told what they should be of`, () => {
    let world: World
    before(async () => void (world = await startWorld({ settings: `audit: { mode: ${mode} }\n` })))
    after(() => world.close())

    for (const entry of entries) {
      test(`${entry.code}${entry.when === undefined ? '' : `: ${entry.when}`}`, () => expectEntry(world, entry))
    }
  })
}

test('no code is without an entry', () => {
  const reached = new Set([...ENTRIES, ...UNRECORDED].map(({ code }) => code))
  assert.deepEqual([...reached].sort(), Object.keys({ ...TERMS, ...FAULT_TERMS }).sort())
})
