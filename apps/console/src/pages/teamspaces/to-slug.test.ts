import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toSlug } from './to-slug.ts'

test('a name becomes a slug that the admin API takes: letters, digits and inner dashes, 63 at most', () => {
  assert.equal(toSlug('Acme GmbH & Co.'), 'acme-gmbh-co')
  assert.equal(toSlug('Café Zürich'), 'cafe-zurich')
  const long = toSlug(`${'a'.repeat(62)} b`)
  assert.equal(long, 'a'.repeat(62), 'no dash is left at its end')
})
