/// <reference types="node" />
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isByItself, watchActs } from './acts.ts'

test('a request is a person’s where they did something since the last one, and the page’s own otherwise', () => {
  const page = new EventTarget()
  watchActs(page)
  assert.equal(isByItself(), false, 'somebody opened the page')
  assert.deepEqual([isByItself(), isByItself()], [true, true])
  for (const act of ['pointerdown', 'keydown', 'click', 'wheel']) {
    page.dispatchEvent(new Event(act))
    assert.deepEqual([isByItself(), isByItself()], [false, true], act)
  }
  page.dispatchEvent(new Event('pointermove'))
  assert.equal(isByItself(), true)
})
