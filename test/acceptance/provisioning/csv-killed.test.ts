import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startGateProcess } from '../../support/gate-process.ts'
import { beginImports, ENGINES, expectPeople, fileOf, importAll, importLines } from './imports.ts'

for (const [engine, fresh] of ENGINES) {
  test(`B-01 i killed half way, an import leaves what it told, and the same file completes it (${engine})`, async (t) => {
    const { url, gate } = await beginImports(t, fresh)
    const file = fileOf(3_000)
    let [told, isKilled] = [0, false]
    const importing = async () => {
      for await (const line of importLines(gate, 'each-row', file)) {
        if ('progress' in line) told = line.progress.done
        if (told < 600) continue
        await gate.kill()
        isKilled = true
        return
      }
    }
    await importing().catch((error: unknown) => {
      if (!isKilled) throw error // and not the connection that was cut
    })
    const next = await startGateProcess(url)
    t.after(() => next.kill())
    const { counts } = await importAll(next, 'each-row', file)
    assert.ok(counts.already >= told && counts.already % 200 === 0, `${counts.already} were there, ${told} were told`)
    assert.ok(counts.added > 0 && counts.already + counts.added === 3_000, `${counts.added} added`)
    await next.kill()
    await expectPeople(url, 3_000)
  })

  test(`B-01 c killed on its way, all or nothing is nothing or all, and the same file is all (${engine})`, async (t) => {
    const { url, gate } = await beginImports(t, fresh)
    const file = fileOf(5_000)
    const cut = importAll(gate, 'all-or-nothing', file).then(
      () => true,
      () => false,
    )
    await sleep(300)
    await gate.kill()
    const isTold = await cut
    const next = await startGateProcess(url)
    t.after(() => next.kill())
    const { counts } = await importAll(next, 'all-or-nothing', file)
    t.diagnostic(`${counts.already} were there`)
    assert.ok(counts.already === 5_000 || (counts.already === 0 && !isTold), `${counts.already} were there`)
    assert.equal(counts.added, 5_000 - counts.already)
    await next.kill()
    await expectPeople(url, 5_000)
  })
}
