import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MAX_TOOLS, readToolList } from './heard-tool.ts'

const IDS = new Set<string | number>([1, 'x'])
const read = (message: unknown, ids = IDS) =>
  Object.fromEntries(readToolList(Buffer.from(typeof message === 'string' ? message : JSON.stringify(message)), ids))
const answer = (tools: unknown, id: unknown = 1) => ({ jsonrpc: '2.0', id, result: { tools } })

test('tools are known by what their annotations say, and MCP says for those that are absent', () => {
  const tools = [
    { name: 'a', title: 'A', annotations: { readOnlyHint: true } },
    { name: 'b', annotations: { destructiveHint: false, title: 'B' } },
    { name: 'c', annotations: { readOnlyHint: false } },
    { name: 'd' },
  ]
  assert.deepEqual(read(answer(tools)), {
    a: { class: 'read', title: 'A' },
    b: { class: 'write', title: 'B' },
    c: { class: 'destructive', title: undefined },
    d: { class: 'destructive', title: undefined },
  })
})

test('only the answer to the very request teaches anything', () => {
  const tools = [{ name: 'a' }]
  assert.deepEqual(Object.keys(read(answer(tools, 'x'))), ['a'])
  assert.deepEqual(Object.keys(read([answer([], 5), answer(tools)])), ['a'])
  for (const message of [answer(tools, 2), answer(tools, '1'), answer(tools, null), { result: { tools } }, tools, 5])
    assert.deepEqual(read(message), {})
  for (const message of ['', 'x', '{"id":1,"result":{"tools":[],"tools":[{"name":"a"}]}}', '{"id":1,"result":null}'])
    assert.deepEqual(read(message), {})
})

test('of a tool that is named twice, the worse is believed', () => {
  const [good, bad] = [{ name: 'a', annotations: { readOnlyHint: true } }, { name: 'a' }]
  for (const tools of [
    [good, bad],
    [bad, good],
  ])
    assert.equal(read(answer(tools))['a']?.class, 'destructive')
})

test('names that a database would not keep as they are, or that have no end, are not learnt', () => {
  const names = ['', 'a\0b', 'a\nb', '\ud800', 'x'.repeat(257), 5, null, {}, 'x'.repeat(256), '__proto__']
  const known = readToolList(Buffer.from(JSON.stringify(answer(names.map((name) => ({ name }))))), IDS)
  assert.deepEqual([...known.keys()], ['x'.repeat(256), '__proto__'])
  assert.equal(read(answer([{ name: 'a', title: 'a\0b' }]))['a']?.title, undefined)
})

test('a list teaches a bounded number of tools', () => {
  const tools = Array.from({ length: MAX_TOOLS + 5 }, (_, index) => ({ name: `t${index}` }))
  assert.equal(Object.keys(read([answer(tools), answer(tools, 'x')])).length, MAX_TOOLS)
})
