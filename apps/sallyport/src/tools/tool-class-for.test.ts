import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toolClassFor } from './tool-class-for.ts'
import type { ToolClasses } from './tool-class-for.ts'

const classOf = (toolClasses: ToolClasses | undefined, name: string, heard?: 'read' | 'write' | 'destructive') =>
  toolClassFor({ toolClasses }, name, heard)

test("the operator's word about a tool wins over the server's", () => {
  assert.equal(classOf({ 'get_*': 'read' }, 'get_page', 'destructive'), 'read')
  assert.equal(classOf({ '*_page': 'destructive' }, 'get_page', 'read'), 'destructive')
})

test('where the operator says nothing, the server is believed; of what neither speaks of, nothing is known', () => {
  assert.equal(classOf({ 'get_*': 'read' }, 'put', 'write'), 'write')
  assert.equal(classOf(undefined, 'put', 'write'), 'write')
  assert.equal(classOf({ 'get_*': 'read' }, 'put'), undefined)
  assert.equal(classOf({}, 'constructor'), undefined)
})

test('of several patterns the one that spells out most decides, in whatever order they stand', () => {
  const entries = Object.entries({ '*': 'destructive', 'get_*': 'read', 'get_s*': 'write', get_secret: 'destructive' })
  for (const order of [entries, entries.toReversed()]) {
    const classes = Object.fromEntries(order) as ToolClasses
    assert.equal(classOf(classes, 'get_page'), 'read')
    assert.equal(classOf(classes, 'get_site'), 'write')
    assert.equal(classOf(classes, 'get_secret'), 'destructive')
    assert.equal(classOf(classes, 'other'), 'destructive')
  }
})

test('of patterns that say as much, the worse class decides', () => {
  for (const classes of [
    { 'get*': 'read', '*all': 'write' },
    { '*all': 'write', 'get*': 'read' },
  ] as ToolClasses[])
    assert.equal(classOf(classes, 'get_all'), 'write')
})

test('names are compared exactly: another spelling is another tool', () => {
  assert.equal(classOf({ 'get_*': 'read' }, 'GET_page'), undefined)
})

test('a wide pattern does not make harmless what has a worse class in another spelling', () => {
  const classes: ToolClasses = {
    '*': 'read',
    wipe: 'destructive',
    Wipe_All: 'destructive',
    'put_*': 'write',
    PUT_: 'read',
  }
  for (const name of ['WIPE', 'w\u200bipe', 'ｗipe', 'wipe_all', 'WIPE_ALL'])
    assert.equal(classOf(classes, name), 'destructive')
  assert.equal(classOf(classes, 'PUT_x'), 'write')
  for (const name of ['get', 'wiper', 'PUT_']) assert.equal(classOf(classes, name), 'read')
})
