import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guardCell, unguardCell } from './formula-guard.ts'

test('B-01 g whatever a spreadsheet would run is made text, and the import takes it back', () => {
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', "'=1", "''@x"]) {
    assert.equal(guardCell(formula), `'${formula}`)
    assert.equal(unguardCell(guardCell(formula)), formula)
  }
  for (const plain of ['', 'anna@acme.example', "o'neil@acme.example", "'quoted'", "'", 'a=1', ' =1']) {
    assert.equal(guardCell(plain), plain)
    assert.equal(unguardCell(plain), plain)
  }
})
