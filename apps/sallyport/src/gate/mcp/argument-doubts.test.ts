import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doubtReader } from './argument-doubts.ts'

const bodyOf = (args: string) => `{"id":9007199254740993,"params":{"_meta":{"n":1e400},"arguments":${args}}}`
const doubtsOf = (args: string) => doubtReader(Buffer.from(bodyOf(args)))(0)
const inDoubt = (args: string) => {
  const doubts = doubtsOf(args)
  return typeof doubts === 'object' ? [...doubts.keys()] : doubts
}

test('numbers that are no double are in doubt', () => {
  const huge = ['9007199254740993', '9007199254740992', '-9007199254740993', '1e400', '-1e400', '1e20', '1e-400']
  const long = ['0.30000000000000001', '1.00000000000000000001', '123456789.123456789', `1${'0'.repeat(100_000)}1`]
  for (const number of [...huge, ...long, `0.${'0'.repeat(100_000)}1`, '9007199254740993.0', '0.9007199254740993e16'])
    assert.deepEqual(inDoubt(`{"a":1,"n":${number}}`), ['n'], number.slice(0, 40))
})

test('numbers that are a double are not, however they are written', () => {
  const plain = ['0', '-0', '0.0', '-0.0e7', '1', '-1', '1.0', '0.1', '9007199254740991', '-9007199254740991']
  const odd = ['1E2', '1e+2', '12.50e3', '1e-7', '0.0000001', '5e-324', '2.5e-8', '1.7976931348623157', '100.000']
  for (const number of [...plain, ...odd, '3.141592653589793', '1234567890.1234567', '900719925474099.1e1'])
    assert.equal(doubtsOf(`{"n":${number}}`), undefined, number)
})

test('every double is sure as programs write it, but for integers that are several (20,000 of them)', () => {
  let state = 7
  const next = () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0)
  const view = new DataView(new ArrayBuffer(8))
  for (let round = 0; round < 20_000; round++) {
    view.setUint32(0, next())
    view.setUint32(4, next())
    const value = view.getFloat64(0)
    if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) continue
    for (const written of [String(value), value.toExponential()])
      assert.equal(doubtsOf(`{"n":${written}}`), undefined, written)
  }
})

test('text that not everybody keeps is in doubt', () => {
  for (const text of ['a\\u0000', '\\ud800', '\\udc00\\ud800', 'x\\uD83D'])
    assert.deepEqual(inDoubt(`{"a":"b","t":["${text}"]}`), ['t'], text)
  for (const text of ['\\ud83d\\ude00', '\\\\u0000', '\\u0041', '9007199254740993', '__proto__'])
    assert.equal(doubtsOf(`{"t":"${text}"}`), undefined, text)
})

test('a member that would be inherited puts in doubt what it is in', () => {
  assert.equal(typeof inDoubt('{"a":1,"__proto__":{"to":"live"}}'), 'string')
  assert.equal(typeof inDoubt('{"a":1,"\\u005f_proto__" : {}}'), 'string')
  assert.equal(typeof inDoubt('{"a":1,"to\\u0000":1}'), 'string')
  assert.deepEqual(inDoubt('{"a":{"__proto__":{}},"b":1}'), ['a'])
})

test('what is outside of the arguments, and another message of a batch, is not in doubt', () => {
  assert.equal(doubtsOf('{}'), undefined)
  assert.equal(doubtsOf('null'), undefined)
  assert.equal(doubtReader(Buffer.from('{"method":"ping"}'))(0), undefined)
  assert.equal(doubtReader(undefined)(0), undefined)
  const batch = doubtReader(Buffer.from(` [ ${bodyOf('{"n":1}')} , ${bodyOf('{"n":1e400}')} ] `))
  assert.equal(batch(0), undefined)
  assert.deepEqual([...(batch(1) as Map<string, string>).keys()], ['n'])
})

test('among very many arguments, all are in doubt, and that is told soon', () => {
  const many = Array.from({ length: 200_000 }, (_, index) => `"k${index}":1`).join()
  const started = performance.now()
  assert.equal(typeof inDoubt(`{${many},"n":1e400}`), 'string')
  assert.equal(doubtsOf(`{${many}}`), undefined)
  assert.ok(performance.now() - started < 3_000)
})
