import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseStrictObject } from './strict-json.ts'

const parse = (text: string) => parseStrictObject(Buffer.from(text))

for (const text of [
  '{}',
  '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
  '{"a":"x:y","b":"\\":\\"","c":"\\\\","d":"{[{[{[{[{[{[{[{[{[{["}',
  ' { "a" : [ 1 , true , null , "é漢" ] } ',
  '{"":1,"__proto__":2,"constructor":3}',
]) {
  test(`an object that can be read in one way is read: ${text}`, () => {
    assert.deepEqual(parse(text), JSON.parse(text))
  })
}

for (const text of [
  '{"a":1,"a":1}',
  '{"a":1,"\\u0061":2}',
  '{"x":{"a":1,"a":2}}',
  '{"x":[{"a":1,"a":2}]}',
  '{"__proto__":1,"__proto__":2}',
]) {
  test(`M-112 a member name twice in one object is refused: ${text}`, () => {
    assert.equal(parse(text), undefined)
  })
}

for (const text of [
  '',
  ' ',
  'null',
  '[]',
  '"a"',
  '1',
  '{',
  '{"a"}',
  '{"a":1}}',
  '{"a":01}',
  '\ufeff{}',
  '{"a":"',
  '{"a":"\\',
]) {
  test(`what is not a JSON object is refused: ${JSON.stringify(text)}`, () => {
    assert.equal(parse(text), undefined)
  })
}

test('bytes that are not UTF-8 are refused', () => {
  assert.equal(parseStrictObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), undefined)
})

test('nesting is bounded before it is parsed', () => {
  const nested = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)
  assert.ok(parse(nested(16)))
  assert.equal(parse(nested(17)), undefined)
  assert.equal(parse(`{"a":${'['.repeat(3000)}${']'.repeat(3000)}}`), undefined)
})
