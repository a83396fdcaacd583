import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDenied } from '../../outcome/denial.ts'
import { readRpcBody } from './message.ts'

const bodyOf = (method: string, params: string) =>
  readRpcBody(Buffer.from(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`))

function refusalOf(method: string, params = '{"name":"a"}') {
  const body = bodyOf(method, params)
  return isDenied(body) ? body.denied.code : undefined
}

test('B-07e a method that a lenient server would take for one that acts is ambiguous', () => {
  const spelt = [
    'Tools/Call',
    'tools/call/',
    '/tools/call',
    'tools//call',
    ' tools/call',
    'tools/call\\t',
    'tools.call',
  ]
  const more = [
    'tools\\\\call',
    'toolsCall',
    'ｔools/call',
    'tools/call\\u0000',
    'tools/call\\u0000x',
    'tool\u017f/call',
  ]
  const others = ['TOOLS/LIST', 'resources/READ', 'prompts/Get', 'Completion/complete', 'subscriptions/Listen']
  for (const method of [...spelt, ...more, ...others, 'ping\\ud800']) {
    assert.equal(refusalOf(method), 'message_ambiguous', method)
  }
  for (const method of [
    'tools/call',
    'tools/calls',
    'ping',
    'Ping',
    'x/tools/call',
    'notifications/tools/list_changed',
  ])
    assert.equal(refusalOf(method), undefined, method)
})

test('B-07e a name that not every server would keep is ambiguous', () => {
  for (const name of ['a\\u0000b', '\\u0000', 'a\\ud800', '\\udc00a']) {
    assert.equal(refusalOf('tools/call', `{"name":"${name}"}`), 'message_ambiguous')
    assert.equal(refusalOf('resources/read', `{"uri":"${name}"}`), 'message_ambiguous')
    const ref = `{"ref":{"type":"ref/prompt","name":"${name}"}}`
    assert.equal(refusalOf('completion/complete', ref), 'message_ambiguous')
  }
  assert.equal(refusalOf('tools/call', '{"name":"\\ud83d\\ude00"}'), undefined)
})

test('B-07b arguments are an object, or none', () => {
  for (const args of ['"{\\"a\\":1}"', '[]', '[{"a":1}]', '1', 'true'])
    assert.equal(refusalOf('tools/call', `{"name":"a","arguments":${args}}`), 'message_malformed', args)
  for (const args of ['{}', 'null', '{"a":[]}'])
    assert.equal(refusalOf('tools/call', `{"name":"a","arguments":${args}}`), undefined, args)
})

test('what a server could inherit is not beside what is judged', () => {
  const params = '{"name":"a","__proto__":{"arguments":{"to":"live"}}}'
  assert.equal(refusalOf('tools/call', params), 'message_ambiguous')
  assert.equal(refusalOf('tools/call', '{"name":"a","arguments\\u0000":{}}'), 'message_ambiguous')
})

test('B-07f the resources that a subscription names are read, and are bounded', () => {
  const listen = (filter: string, member = 'notifications') => bodyOf('subscriptions/listen', `{"${member}":${filter}}`)
  const watched = (filter: string) => {
    const body = listen(filter)
    return isDenied(body) ? body.denied.code : body.messages[0]!.watched
  }
  assert.deepEqual(watched('{"resourceSubscriptions":["a:b","c:d"],"toolsListChanged":true}'), ['a:b', 'c:d'])
  assert.deepEqual(watched('{"toolsListChanged":true}'), [])
  for (const uris of ['"a:b"', '[1]', 'null', '{"0":"a:b"}', JSON.stringify(Array(257).fill('a:b'))])
    assert.equal(watched(`{"resourceSubscriptions":${uris}}`), 'message_malformed', uris)
  for (const filter of ['[]', 'null', '"x"']) assert.equal(watched(filter), 'message_malformed')
  assert.equal(watched('{"ResourceSubscriptions":["a:b"]}'), 'message_ambiguous')
  assert.equal(watched('{"resourceSubscriptions":["a:b\\u0000"]}'), 'message_malformed')
  const elsewhere = listen('{}', 'Notifications')
  assert.ok(isDenied(elsewhere) && elsewhere.denied.code === 'message_ambiguous')
})
