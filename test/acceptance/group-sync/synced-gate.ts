import { setTimeout as sleep } from 'node:timers/promises'
import type { TestContext } from 'node:test'
import type { GroupSyncView, HeldPage, SyncRun } from '../../../apps/sallyport/src/admin/group-sync-routes.ts'
import { ACME, startGate } from '../../support/gate.ts'
import type { Member } from '../../../apps/sallyport/src/members/member.ts'
import type { GateOptions, TestGate } from '../../support/gate.ts'

/** The registration of the demo seed that may read groups and profiles. */
export const SYNC_APP = 'aaaaaaaa-0003-4000-8000-000000000003'
export const PATH = '/teamspaces/acme/group-sync'

export const personId = (number: number) => `ffffffff-0000-4000-8000-${String(number).padStart(12, '0')}`
const GROUP = 'ffffffff-1111-4000-8000-000000000001'

/** A gate whose teamspace acme is synced with a group of its Entra tenant, over the emulator's Graph. */
export async function startSyncedGate(t: TestContext, options: GateOptions = {}) {
  const gate = await startGate(options)
  t.after(() => gate.close())
  return { gate, ...(await syncedOver(gate)) }
}

export type SyncedGate = Awaited<ReturnType<typeof startSyncedGate>>

/** The same over a gate that is there already. */
export async function syncedOver({ emulator, admin }: Pick<TestGate, 'emulator' | 'admin'>) {
  const tenant = emulator.seed.tenants.find(({ id }) => id === ACME.tenantId)!
  const group = { id: GROUP, displayName: 'Synced', members: [] as string[], securityEnabled: true }
  tenant.groups.push(group)
  const app = tenant.apps.find(({ appId }) => appId === SYNC_APP)!
  const { credential } = (await admin.must('GET', PATH)) as GroupSyncView
  app.federatedCredentials.push({ ...credential })

  /** People of the tenant, `first` to `last`, whether in a group or not. */
  function makePeople(first: number, last: number, change: object = {}): string[] {
    const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    for (const number of numbers) {
      const name = `person${number}@acme.example`
      const basic = { id: personId(number), userPrincipalName: name, mail: name, displayName: `Person ${number}` }
      const rest = { password: 'x', accountEnabled: true, guest: false, mfaRequired: false as const }
      tenant.users.push({ ...basic, ...rest, ...change })
    }
    return numbers.map(personId)
  }

  const set = (settings: object = {}) => admin.must('PUT', PATH, { clientId: SYNC_APP, groupId: GROUP, ...settings })

  async function ended(id: string): Promise<SyncRun> {
    for (;;) {
      const { runs } = (await admin.must('GET', `${PATH}/runs`)) as { runs: SyncRun[] }
      const run = runs.find((known) => known.id === id)
      if (run && run.outcome !== 'running') return run
      await sleep(10)
    }
  }
  /** Sync now, to its end. */
  const run = async () => ended(((await admin.must('POST', `${PATH}/runs`)) as SyncRun).id)

  const held = async (runId: string, query = ''): Promise<HeldPage> =>
    admin.must('GET', `${PATH}/runs/${runId}/held${query}`)
  const sendConfirm = (runId: string, list: string) => admin.send('POST', `${PATH}/runs/${runId}/confirm`, { list })
  /** Looks whom it would take out and confirms that, to the end of the run. */
  async function confirm(runId: string): Promise<SyncRun> {
    const { list } = await held(runId)
    return ended(((await admin.must('POST', `${PATH}/runs/${runId}/confirm`, { list })) as SyncRun).id)
  }

  async function people(): Promise<Member[]> {
    const all = []
    for (let after = ''; ;) {
      const query = after ? `?limit=500&after=${encodeURIComponent(after)}` : '?limit=500'
      const { members, next } = await admin.must('GET', `/teamspaces/acme/members${query}`)
      all.push(...members)
      if (!next) return all
      after = next
    }
  }
  const subjects = async () => new Set((await people()).map(({ subject }) => subject))
  return { tenant, group, app, makePeople, set, run, held, confirm, sendConfirm, ended, people, subjects }
}

export const NONE = { members: 0, added: 0, revoked: 0, kept: 0, skipped: 0, held: 0 }

/** What tests look at first. */
export const outcomeOf = ({ outcome, members, added, revoked, kept, skipped, held }: SyncRun) => ({
  outcome,
  ...{ members, added, revoked, kept, skipped, held },
})
