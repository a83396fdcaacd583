import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guardCell, unguardCell } from './formula-guard.ts'

test('B-01 g whatever a spreadsheet would run is made text, and the import takes it back', () => {
  for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', "'=1", "''@x", '＝1', '＠x']) {
    assert.equal(guardCell(formula), `'${formula}`)
    assert.equal(unguardCell(guardCell(formula)), formula)
  }
  for (const plain of ['', 'anna@acme.example', "o'neil@acme.example", "'quoted'", "'", 'a=1', ' =1', 'a;b', "a;'b"]) {
    assert.equal(guardCell(plain), plain)
    assert.equal(unguardCell(plain), plain)
  }
})

test('B-01 g where a semicolon begins a cell, what is behind it is made text, too', () => {
  for (const [formula, guarded] of [
    ['x;=1+1', "x;'=1+1"],
    ['=1;=2;;@x', "'=1;'=2;;'@x"],
    ["x;'=1", "x;''=1"],
    ['x;"=1+1;"', `x;'"=1+1;"`],
    [`x;"'"'=1`, `x;'"'"'=1`],
  ] as const) {
    assert.equal(guardCell(formula), guarded)
    assert.equal(unguardCell(guarded), formula)
  }
})
