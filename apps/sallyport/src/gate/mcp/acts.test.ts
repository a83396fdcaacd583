import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDenied } from '../../outcome/denial.ts'
import { checkMirroredHeaders } from './headers.ts'
import { readRpcBody } from './message.ts'
import type { RpcBody } from './message.ts'

const bodyOf = (text: string) => readRpcBody(Buffer.from(text))
const message = (method: string, params: string) => `{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`

function actsOf(method: string, params: unknown) {
  const body = bodyOf(message(method, JSON.stringify(params)))
  assert.ok(!isDenied(body), JSON.stringify(body))
  return body.messages[0]!.acts
}

function refusalOf(text: string) {
  const body = bodyOf(text)
  return isDenied(body) ? body.denied.code : undefined
}

test('B-07b a message says which tool, prompt or resource it is about', () => {
  assert.deepEqual(actsOf('tools/call', { name: 'a' }), { kind: 'tool', target: 'a' })
  assert.deepEqual(actsOf('prompts/get', { name: 'a' }), { kind: 'prompt', target: 'a' })
  for (const method of ['resources/read', 'resources/subscribe', 'resources/unsubscribe'])
    assert.deepEqual(actsOf(method, { uri: 'a:b' }), { kind: 'resource', target: 'a:b' })
})

test('B-07f a completion is about the prompt or the resource that it refers to', () => {
  const argument = { name: 'language', value: 'py' }
  const acts = (ref: object) => actsOf('completion/complete', { ref, argument })
  assert.deepEqual(acts({ type: 'ref/prompt', name: 'review', title: 'R' }), { kind: 'prompt', target: 'review' })
  assert.deepEqual(acts({ type: 'ref/resource', uri: 'file:///{path}' }), {
    kind: 'resource',
    target: 'file:///{path}',
  })
})

test('what is about no one thing acts on nothing, whatever its params say', () => {
  for (const method of ['tools/list', 'initialize', 'ping', 'tasks/get', 'constructor', '__proto__'])
    assert.equal(actsOf(method, { name: 'a', uri: 'b:c', taskId: 'd', ref: 5 }), undefined, method)
})

test('B-07e a call without a name is still a call of a tool, also as a notification', () => {
  assert.deepEqual(actsOf('tools/call', {}), { kind: 'tool', target: undefined })
  const body = bodyOf('{"jsonrpc":"2.0","method":"tools/call"}') as RpcBody
  assert.deepEqual(body.messages[0]!.acts, { kind: 'tool', target: undefined })
})

const MALFORMED: Readonly<Record<string, string>> = {
  'no ref': '{}',
  'a ref that is text': '{"ref":"ref/prompt"}',
  'a ref that is a list': '{"ref":[{"type":"ref/prompt","name":"a"}]}',
  'a ref that is null': '{"ref":null}',
  'a ref without a type': '{"ref":{"name":"a"}}',
  'a type that nobody knows': '{"ref":{"type":"ref/tool","name":"a"}}',
  'a type in another case': '{"ref":{"type":"ref/Prompt","name":"a"}}',
  'a prompt without a name': '{"ref":{"type":"ref/prompt"}}',
  'a name that is a number': '{"ref":{"type":"ref/prompt","name":1}}',
  'a resource by name': '{"ref":{"type":"ref/resource","name":"a"}}',
  'a URI that is a list': '{"ref":{"type":"ref/resource","uri":["a:b"]}}',
  'a prompt with a URI beside it': '{"ref":{"type":"ref/prompt","name":"a","uri":"a:b"}}',
  'a resource with a name beside it': '{"ref":{"type":"ref/resource","uri":"a:b","name":"a"}}',
}
for (const [what, params] of Object.entries(MALFORMED)) {
  test(`a completion with ${what} is malformed`, () => {
    assert.equal(refusalOf(message('completion/complete', params)), 'message_malformed')
  })
}

const AMBIGUOUS: Readonly<Record<string, string>> = {
  'ref twice': '{"ref":{"type":"ref/prompt","name":"a"},"ref":{"type":"ref/prompt","name":"b"}}',
  'Ref beside ref': '{"ref":{"type":"ref/prompt","name":"a"},"Ref":{"type":"ref/prompt","name":"b"}}',
  'Ref instead of ref': '{"Ref":{"type":"ref/prompt","name":"b"}}',
  'type twice': '{"ref":{"type":"ref/prompt","type":"ref/resource","name":"a"}}',
  'name twice': '{"ref":{"type":"ref/prompt","name":"a","name":"b"}}',
  'name twice, once escaped': '{"ref":{"type":"ref/prompt","name":"a","\\u006eame":"b"}}',
  'Name beside name': '{"ref":{"type":"ref/prompt","name":"a","Name":"b"}}',
  'Type beside type': '{"ref":{"type":"ref/prompt","name":"a","TYPE":"ref/resource"}}',
  'URI beside a name': '{"ref":{"type":"ref/prompt","name":"a","URI":"a:b"}}',
}
for (const [what, params] of Object.entries(AMBIGUOUS)) {
  test(`duplicate and look-alike members: a completion with ${what} is ambiguous`, () => {
    assert.equal(refusalOf(message('completion/complete', params)), 'message_ambiguous')
  })
}

test('in a batch, one broken reference refuses all of it', () => {
  const good = message('completion/complete', '{"ref":{"type":"ref/prompt","name":"a"}}')
  const body = bodyOf(`[${good},${good}]`) as RpcBody
  assert.deepEqual(
    body.messages.map(({ acts }) => acts?.target),
    ['a', 'a'],
  )
  assert.equal(refusalOf(`[${good},${message('completion/complete', '{}')}]`), 'message_malformed')
})

test('X-41 Mcp-Name mirrors what a message itself names, not what a completion refers to', () => {
  const completion = bodyOf(message('completion/complete', '{"ref":{"type":"ref/prompt","name":"a"}}')) as RpcBody
  assert.equal(checkMirroredHeaders({ 'mcp-method': 'completion/complete' }, completion), undefined)
  assert.equal(completion.messages[0]!.target, undefined)
  const call = bodyOf(message('tools/call', '{"name":"a"}')) as RpcBody
  assert.ok(checkMirroredHeaders({ 'mcp-name': 'b' }, call))
})
