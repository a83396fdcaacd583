import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GateFault } from '../../outcome/fault.ts'
import { filterLists } from './list-filter.ts'
import type { ListEntry } from './list-filter.ts'

const all = () => true
const none = () => false
const but =
  (...hidden: string[]) =>
  (entry: ListEntry) =>
    !hidden.includes(entry.target)

function filter(text: string | Buffer, isVisible: (entry: ListEntry) => boolean = all, isShareable = false) {
  return filterLists(Buffer.from(text as string), { isVisible, isShareable })
}
const answer = (result: string) => `{"jsonrpc":"2.0","id":1,"result":${result}}`
const faultOf = (text: string | Buffer): string => {
  try {
    filter(text)
  } catch (error) {
    return (error as GateFault).code
  }
  return 'none'
}

test('B-07c what is not visible is not in the list, and all else keeps its own spelling', () => {
  const kept =
    '{"name":"a", "inputSchema":{"minimum":1.0e+2,"big":12345678901234567890,"\\u00e9t\\u00e9":"\\u20ac\\/"}}'
  const list = (tools: string) =>
    ` {"id":7,"jsonrpc":"2.0","result":{"nextCursor":"c1", "tools" : ${tools} ,"_meta":{"x":0.10}}} `
  const found = filter(list(`[ {"name":"b"} , ${kept},{"name":"c"},{"name":"d"} ]`), but('b', 'd'))
  assert.deepEqual(found, { text: list(`[${kept},{"name":"c"}]`), shown: 2, hidden: 2 })
})

test('a page may become empty and still lead to the next', () => {
  const found = filter(answer('{"tools":[{"name":"a"}],"nextCursor":"2"}'), none)
  assert.deepEqual(found, { text: answer('{"tools":[],"nextCursor":"2"}'), shown: 0, hidden: 1 })
})

test('when all of it is visible, the list is the one that came', () => {
  const text = answer('{ "tools" : [ {"name":"a"} ] }')
  assert.deepEqual(filter(text), { text, shown: 1, hidden: 0 })
})

test('B-07f prompts, resources and templates are asked about by what would be called', () => {
  const asked: ListEntry[] = []
  const text = answer(
    '{"prompts":[{"name":"p"}],"resources":[{"uri":"f:///a","name":"n"}],"resourceTemplates":[{"uriTemplate":"f:///{x}"}],' +
      '"tools":[{"name":"t","annotations":{"readOnlyHint":true}}]}',
  )
  filter(text, (entry) => asked.push(entry) > 0)
  assert.deepEqual(asked, [
    { kind: 'prompt', target: 'p', method: 'prompts/get', annotations: undefined },
    { kind: 'resource', target: 'f:///a', method: 'resources/read', annotations: undefined },
    { kind: 'resource', target: 'f:///{x}', method: 'resources/read', annotations: undefined },
    { kind: 'tool', target: 't', method: 'tools/call', annotations: { readOnlyHint: true } },
  ])
})

const BROKEN = [
  '5',
  'null',
  '"a"',
  '[]',
  '{}',
  '{"name":5}',
  '{"name":["a"]}',
  '{"Name":"a"}',
  '{"name":"a","NAME":"b"}',
]
test('entries that do not say plainly what they are, are shown to nobody', () => {
  const found = filter(answer(`{"tools":[${[...BROKEN, '{"name":"a"}'].join()}]}`))
  assert.deepEqual(found, { text: answer('{"tools":[{"name":"a"}]}'), shown: 1, hidden: BROKEN.length })
  assert.equal(filter(answer('{"tools":[{"name":"a","Annotations":{"readOnlyHint":true}}]}'))?.shown, 0)
  assert.equal(filter(answer('{"resources":[{"name":"a"},{"uri":"a:b","URI":"c:d"}]}'))?.shown, 0)
})

test('2026-07-28: a list made for one caller may not be shared, also when nothing was taken out', () => {
  const text = (result: string) => filter(answer(result), all, true)?.text
  const old = (result: string) => filter(answer(result), all, false)?.text
  assert.equal(
    text('{"tools":[],"ttlMs":5,"cacheScope":"public"}'),
    answer('{"tools":[],"ttlMs":5,"cacheScope":"private"}'),
  )
  assert.equal(old('{"cacheScope":{"a":1},"tools":[]}'), answer('{"cacheScope":"private","tools":[]}'))
  assert.equal(text('{ "tools":[]}'), answer('{"cacheScope":"private", "tools":[]}'))
  assert.equal(old('{"tools":[]}'), answer('{"tools":[]}'))
})

test('X-42 each answer of a batch is filtered', () => {
  const batch = `[${answer('{"tools":[{"name":"a"},{"name":"b"}]}')}, ${answer('{"ok":true}')},${answer('{"prompts":[{"name":"b"}]}')}]`
  assert.deepEqual(filter(batch, but('b')), {
    text: `[${answer('{"tools":[{"name":"a"}]}')}, ${answer('{"ok":true}')},${answer('{"prompts":[]}')}]`,
    shown: 1,
    hidden: 2,
  })
})

test('what holds no list passes as it is', () => {
  for (const text of [
    ...['5', '"x"', '[]', '{}', '[1]', answer('null'), answer('[]'), answer('{"content":[]}')],
    '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no tools"}}',
    '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
    '{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"tools":[{"name":"a"}]}}',
    answer('{"content":[{"type":"text","text":"{\\"tools\\":[{}]}"}],"structuredContent":{"tools":[{"name":"a"}]}}'),
    answer('{"tools":null}'),
  ])
    assert.equal(filter(text, none), undefined, text)
})

const UNREADABLE: Readonly<Record<string, string | Buffer>> = {
  'no JSON': 'tools',
  'JSON and more': `${answer('{"tools":[]}')}x`,
  NaN: answer('{"tools":[],"x":NaN}'),
  'tools twice': answer('{"tools":[],"tools":[{"name":"a"}]}'),
  'tools twice, once escaped': answer('{"tools":[],"\\u0074ools":[{"name":"a"}]}'),
  'result twice': '{"result":{"tools":[]},"result":{"tools":[{"name":"a"}]}}',
  'a name twice': answer('{"tools":[{"name":"a","name":"b"}]}'),
  'Tools beside tools': answer('{"tools":[],"Tools":[{"name":"a"}]}'),
  toolſ: answer('{"tool\u017f":[{"name":"a"}]}'),
  Result: '{"jsonrpc":"2.0","id":1,"Result":{"tools":[{"name":"a"}]}}',
  'tools by name': answer('{"tools":{"a":{"name":"a"}}}'),
  'a byte order mark': `\ufeff${answer('{"tools":[]}')}`,
  'no UTF-8': Buffer.from(answer('{"tools":[{"name":"\xff"}]}'), 'latin1'),
  'depth without end': answer(`{"tools":${'['.repeat(5000)}${']'.repeat(5000)}}`),
}
for (const [what, text] of Object.entries(UNREADABLE)) {
  test(`an answer that parsers could read differently is a fault: ${what}`, () => {
    assert.equal(faultOf(text), 'upstream_answer_unreadable')
  })
}

test('lists are bounded in entries', () => {
  const entries = (count: number) => answer(`{"tools":[${Array.from({ length: count }, () => '{}').join()}]}`)
  assert.equal(filter(entries(20_000))?.hidden, 20_000)
  assert.equal(faultOf(entries(20_001)), 'upstream_answer_too_large')
  assert.equal(faultOf(`[${entries(15_000)},${entries(15_000)}]`), 'upstream_answer_too_large')
})

test('any list without any of its entries is that list as if the server had never had them', () => {
  let seed = 7
  const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below
  const space = () => ['', ' ', '\n', '\t \r'][random(4)]
  const texts = ['"a"', '"\\"]}"', '"\\\\"', '"[{"', '"\u20ac\\u005d"', '-1.50E3', 'true', 'null', '{}', '[ ]']
  const value = (depth: number): string => {
    if (depth === 0 || random(3) === 0) return texts[random(texts.length)]!
    const items = Array.from({ length: random(4) }, (_, index) => [`"k${index}"`, value(depth - 1)] as const)
    const isObject = random(2) === 0
    const inner = items.map(
      ([name, item]) => `${space()}${isObject ? `${name}${space()}:${space()}` : ''}${item}${space()}`,
    )
    return isObject ? `{${inner.join()}}` : `[${inner.join()}]`
  }
  for (let round = 0; round < 500; round++) {
    const entries = Array.from({ length: random(6) }, (_, index) => `{"x":${value(3)},${space()}"name":"n${index}"}`)
    const hidden = new Set(entries.map((_, index) => `n${index}`).filter(() => random(2) === 0))
    const text = answer(`{${space()}"tools":${space()}[${entries.join()}],"y":${value(2)}}`)
    const found = filter(text, ({ target }) => !hidden.has(target))!
    const expected = JSON.parse(text)
    expected.result.tools = expected.result.tools.filter(({ name }: { name: string }) => !hidden.has(name))
    assert.deepEqual(JSON.parse(found.text), expected, text)
    assert.equal(found.hidden, hidden.size)
    if (hidden.size === 0) assert.equal(found.text, text)
  }
})
