import assert from 'node:assert/strict'
import { test } from 'node:test'
import { beginImports, ENGINES, expectPeople, fileOf, importAll, importLines } from './imports.ts'

/** Above the heap with the rows of the file in it, which are there to the end. */
const FLAT_MEGABYTES = 25

for (const [engine, fresh] of ENGINES) {
  test(`B-01 f 10,000 rows: how far it is is told all along, in flat memory (${engine})`, async (t) => {
    const { url, gate } = await beginImports(t, fresh)
    const [before, begun] = [await gate.heapMegabytes(), performance.now()]
    const heaps: number[] = []
    const told: number[] = []
    for await (const line of importLines(gate, 'each-row', fileOf(10_000))) {
      if ('problem' in line && typeof line.problem === 'object') assert.fail(line.problem.detail)
      if ('outcome' in line) assert.equal(line.outcome, 'added')
      if ('summary' in line) assert.deepEqual([line.summary.counts.added, line.summary.written], [10_000, true])
      if (!('progress' in line)) continue
      assert.equal(line.progress.of, 10_000)
      told.push(line.progress.done)
      if (told.length % 10 === 1) heaps.push(await gate.heapMegabytes())
    }
    t.diagnostic(`${Math.round(performance.now() - begun)} ms, heap ${heaps.map(Math.round).join(', ')} MB`)
    assert.deepEqual(
      told,
      Array.from({ length: 50 }, (_, index) => (index + 1) * 200),
    )
    assert.ok(Math.max(...heaps) - heaps[0]! < FLAT_MEGABYTES, `heap ${heaps.join(', ')} MB`)
    const after = await gate.heapMegabytes()
    assert.ok(after - before < FLAT_MEGABYTES, `${before} MB before, ${after} MB after`)
    const again = await importAll(gate, 'all-or-nothing', fileOf(10_000))
    assert.equal(again.counts.already, 10_000)
    await gate.kill()
    await expectPeople(url, 10_000)
  })
}
