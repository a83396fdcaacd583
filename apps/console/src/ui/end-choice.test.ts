/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dayFrom, endTime } from './end-choice.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')

test('B-06 days are counted from now', () => {
  assert.equal(endTime({ choice: '7', date: '' }, NOW), '2026-11-28T12:00:00.000Z')
})

test('B-06 never is null', () => {
  assert.equal(endTime({ choice: 'never', date: '' }, NOW), null)
})

test('B-06 a chosen day counts until it is over', () => {
  const today = dayFrom(NOW, 0)
  assert.ok(Date.parse(endTime({ choice: 'date', date: today }, NOW)!) > NOW)
  assert.equal(dayFrom(Date.parse(endTime({ choice: 'date', date: today }, NOW)!), 0), today)
})
