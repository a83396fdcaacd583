import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCli } from '../../../apps/sallyport/src/cli/run-cli.ts'
import { freshFile } from '../../support/each-store.ts'
import { startSyncedGate, SYNC_APP } from './synced-gate.ts'

test('S2E-05 group sync is set up, tested, run, confirmed and ended from the command line', async (t) => {
  const { url, drop } = await freshFile()
  t.after(drop)
  const { gate, group, makePeople } = await startSyncedGate(t, { database: url })
  group.members = makePeople(1, 3)
  async function run(...args: string[]) {
    const lines = { out: [] as string[], err: [] as string[] }
    const code = await runCli(['group-sync', ...args], {
      env: {},
      loadConfig: async () => gate.config,
      fetch,
      now: Date.now,
      out: (line) => lines.out.push(line),
      err: (line) => lines.err.push(line),
    })
    return { code, out: lines.out.join('\n'), err: lines.err.join('\n') }
  }

  assert.match((await run('show', 'acme')).out, /issuer {4}http.*\/federation\n[^]*Group sync is not set up in acme\.$/)
  const set = await run(
    'set',
    'acme',
    '--client',
    SYNC_APP,
    '--group',
    group.id,
    '--no-schedule',
    '--max-removal',
    '40',
  )
  assert.match(set.out, /Direct members of group .* become developers[^]*more than 40 %[^]*It runs on request only\./)
  assert.equal((await run('test', 'acme')).out, 'Connected. Group has 3 members.')
  assert.match((await run('run', 'acme')).out, /\tsucceeded\t3 members, 3 added$/)

  group.members = group.members.slice(2)
  const held = await run('run', 'acme')
  assert.deepEqual([held.code, held.err], [1, 'sallyport: 2 people left the group; nobody was taken out'])
  const [, id = ''] = held.out.split('\t')
  assert.match(held.out, new RegExp(`To see whom: sallyport group-sync held acme ${id}$`))
  assert.match((await run('show', 'acme')).out, new RegExp(`Waits for confirmation: run ${id}`))
  const shown = (await run('held', 'acme', id)).out
  assert.match(shown, /^person1@acme\.example\tPerson 1\tdeveloper\tloses access\nperson2/)
  const [, list = ''] =
    /2 would lose access, 0 stay by another source\.\n.* confirm acme \S+ --list (\S+)$/.exec(shown) ?? []
  assert.match((await run('confirm', 'acme', id, '--list', 'another')).err, /has changed since the list was read/)
  assert.match((await run('confirm', 'acme', id, '--list', list)).out, /\tsucceeded\t1 members, 2 revoked$/)

  gate.emulator.setFault({ path: 'graph', kind: 'status', status: 500 })
  const failed = await run('run', 'acme')
  assert.deepEqual([failed.code, /\tfailed\t.*Microsoft Graph answered 500/.test(failed.out)], [1, true])
  assert.equal((await run('test', 'acme')).code, 1)
  assert.equal((await run('remove', 'acme', '--revoke')).out, 'Ended group sync of acme. 1 people lost access.')
  assert.equal((await run('run', 'acme')).err, 'sallyport: Group sync is not set up in this teamspace')
})
