import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anyOf, matcher } from './pattern.ts'

test('a pattern means a text when its pieces follow one another', () => {
  const cases: readonly [string, readonly string[], readonly string[]][] = [
    ['a', ['a'], ['', 'A', 'aa', 'a ']],
    ['*', ['', 'a', 'a\nb'], []],
    ['a*', ['a', 'ab'], ['', 'ba']],
    ['*a', ['a', 'ba'], ['ab']],
    ['a*a', ['aa', 'aba'], ['a', 'ab']],
    ['a*b*c', ['abc', 'axbxc', 'abbc'], ['acb', 'ab', 'ac']],
    ['ab*ba', ['abba', 'abxba'], ['aba']],
    ['*ab*ab*', ['abab', 'xabxabx'], ['aab', 'aba']],
    ['a**b', ['ab', 'axb'], ['a']],
    ['**', ['', 'x'], []],
    ['a.b+[c]?', ['a.b+[c]?'], ['axb', 'a.bb[c]']],
    ['file:///srv/*', ['file:///srv/', 'file:///srv/a/b'], ['file:///srv', 'file:///etc/x']],
  ]
  for (const [pattern, means, not] of cases) {
    for (const text of means) assert.equal(matcher(pattern)(text), true, `${pattern} ${text}`)
    for (const text of not) assert.equal(matcher(pattern)(text), false, `${pattern} ${text}`)
  }
  const any = anyOf(['exact', 'pre*', '*post'])
  assert.deepEqual(['exact', 'prefix', 'thepost', 'exactly', ''].map(any), [true, true, true, false, false])
})

test('a pattern agrees with the regular expression that says the same', () => {
  const letters = ['a', 'b', '*']
  const textsOf = (alphabet: readonly string[], length: number): string[] =>
    length === 0 ? [''] : textsOf(alphabet, length - 1).flatMap((text) => alphabet.map((letter) => text + letter))
  const texts = [0, 1, 2, 3, 4, 5].flatMap((length) => textsOf(['a', 'b'], length))
  for (const pattern of [1, 2, 3, 4, 5].flatMap((length) => textsOf(letters, length))) {
    const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 's')
    for (const text of texts) assert.equal(matcher(pattern)(text), expected.test(text), `${pattern} ${text}`)
  }
})

test('no text makes it work long', () => {
  const begun = process.cpuUsage() // and not a clock, which goes on while others work
  assert.equal(matcher(`${'*a'.repeat(60)}*b`)('a'.repeat(4_000_000)), false)
  assert.ok(process.cpuUsage(begun).user < 500_000)
})
