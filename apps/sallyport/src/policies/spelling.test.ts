import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fold, laxSpellingsOf, spellingsOf } from './spelling.ts'

test('rules that deny see through case, widths, invisible characters and blanks', () => {
  const same = ['Drop', 'DROP', 'ｄｒｏｐ', 'dr\u200bop', '\ufeffdrop', ' drop\t', 'd\u00adrop', 'drop\0', 'dro\u2064p']
  for (const text of same) assert.equal(fold(text), 'drop', JSON.stringify(text))
  assert.equal(fold('Stra\u017fe'), 'strase')
  assert.equal(fold('pa\u00dfword'), fold('PASSWORD'))
  assert.equal(fold('l\u0131st'), 'list')
  assert.equal(fold('cafe\u200d\u0301'), fold('caf\u00e9'))
  for (const other of ['dröp', 'd rop', 'drоp']) assert.notEqual(fold(other), 'drop')
  for (const text of [...same, 'Å', 'ﬁ', 'e\u0301\u200b', '\u200b', '']) assert.equal(fold(fold(text)), fold(text))
})

test('a URI is seen as servers may see it', () => {
  const seen = (uri: string, as: string) => assert.ok(spellingsOf(uri).includes(as), `${uri} as ${as}`)
  assert.deepEqual(spellingsOf('file:///etc/passwd'), ['file:///etc/passwd'])
  for (const uri of [
    'file:///srv/../etc/passwd',
    'file:///et%63/passwd',
    'file:///et%2563/passwd',
    'file:///srv/%2e%2e/etc/passwd',
    'file:///srv\\..\\etc\\passwd',
    'file:///srv/%5c..%5c..%5cetc/passwd',
    'FILE:///etc/passwd',
    'file:///etc/./passwd',
    'file:////etc/passwd',
    'file:/etc//passwd',
    'file:///srv//x/../../../etc/passwd',
    'file:///%2fetc%2f%2fpasswd',
    'file://localhost/etc/passwd',
  ]) {
    seen(uri, 'file:///etc/passwd')
  }
  seen('note:a/../b', 'note:b')
  seen('file:///et%63/passwd?%zz', 'file:///etc/passwd?%zz')
  seen('file:///et%63/passwd#%ff', 'file:///etc/passwd#\ufffd')
  seen('https://ada:secret@h.example//a', 'https://h.example/a')
  assert.equal(spellingsOf('%')[0], '%')
  for (const uri of ['https://h.example/a', 'note:a', 'a://b/c?d#e']) assert.deepEqual(spellingsOf(uri), [uri])
  for (const uri of ['file:///a?b', 'file:///a#b', 'file:///a/', 'file:///a/.?b', 'file:////a//#', 'file:///%61%3fb'])
    assert.ok(laxSpellingsOf(uri).includes('file:///a'), uri)
})
