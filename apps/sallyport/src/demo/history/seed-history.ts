import type { Config } from '../../config/config.ts'
import { openStore } from '../../store/store.ts'
import type { Store } from '../../store/store.ts'
import type { DemoTenant } from '../demo-directory.ts'
import { POLICY_TEAMSPACE } from '../demo-policy.ts'
import { hearTools } from './hear-tools.ts'
import { outageBefore } from './incidents.ts'
import { createRandom } from './random.ts'
import { DAY_MS, HOUR_MS } from './rhythm.ts'
import { planActs, ruleAt } from './plan-acts.ts'
import type { Stage } from './plan-acts.ts'
import { callsOfHour } from './traffic.ts'
import type { Past } from './traffic.ts'
import { createPastWriter } from './write-past.ts'

/** Two teamspaces have been at it for so long when the demo starts for the first time. */
const DAYS = 21
const MARKER = 'demo history'
const SEED = 0x5a11

interface Options {
  readonly now: number
  readonly log: (message: string) => void
}

/**
 * Gives a demo that starts for the first time a past, up to now: who joined when and how, what was called, refused and
 * changed. What changed is done by what does it at any time, by a clock of the past, so that it is written down as ever.
 */
export async function seedHistory(
  config: Pick<Config, 'database' | 'sealingKey' | 'clouds'>,
  tenants: readonly DemoTenant[],
  { now, log }: Options,
): Promise<void> {
  const store = await openStore({ url: config.database, sealingKey: config.sealingKey })
  try {
    if (!(await isFirstStart(store))) return
    const stage: Stage = { store, clouds: config.clouds, tenants, now, members: [], tokens: [], strangers: [] }
    await playPast(stage, log)
  } finally {
    await store.close()
  }
}

/** Said before the past is written: one that was cut off is not begun again, since it is in the audit trail. */
async function isFirstStart({ db }: Store): Promise<boolean> {
  if (await db.selectFrom('teamspace').select('id').executeTakeFirst()) return false // of before there was a past
  const marker = { key: MARKER, value: '1' }
  const noted = await db
    .insertInto('instance')
    .values(marker)
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('key')
    .executeTakeFirst()
  return noted !== undefined
}

async function playPast(stage: Stage, log: Options['log']): Promise<void> {
  const { store, now } = stage
  const acts = planActs(stage)
  const rules: Past['rules'] = (slug, rule, at) => (slug === POLICY_TEAMSPACE ? ruleAt(stage, rule, at) : undefined)
  const past = { ...stage, rules, outage: outageBefore(now) }
  const writer = createPastWriter(store, now, log)
  const random = createRandom(SEED)
  const start = now - DAYS * DAY_MS
  for (let hour = start - (start % HOUR_MS); hour < now; hour += HOUR_MS) {
    writer.add(callsOfHour(hour, now, past, random))
    while (acts.length > 0 && acts[0]!.at < hour + HOUR_MS) {
      const { at, run } = acts.shift()!
      await writer.writeUntil(at)
      await run()
    }
  }
  await writer.finish()
  await hearTools(
    store,
    stage.tenants.map(({ slug }) => slug),
    now,
  )
}
