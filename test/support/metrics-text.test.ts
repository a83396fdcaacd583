import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMetrics } from './metrics-text.ts'

const HEAD = '# HELP a_total help\n# TYPE a_total counter\n'

test('samples are found by name and labels', () => {
  const page = parseMetrics(`${HEAD}a_total{x="1",y="\\"\\n"} 2\na_total 3.5e-7\n`)
  assert.equal(page.value('a_total{x="1",y="\\"\\n"}'), 2)
  assert.equal(page.value('a_total'), 3.5e-7)
  assert.equal(page.types.get('a_total'), 'counter')
})

for (const [what, text] of Object.entries({
  'a series that comes twice': `${HEAD}a_total 1\na_total 2\n`,
  'a family in two pieces': `${HEAD}a_total 1\n# TYPE b gauge\nb 1\n${HEAD}`,
  'a sample of another family': `${HEAD}b 1\n`,
  'a value that is none': `${HEAD}a_total one\n`,
  'a label that breaks out': `${HEAD}a_total{x="1"2"} 1\n`,
  'buckets that fall': '# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\n',
  'a count that is not the last bucket': '# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 2\n',
  'an end without a line break': `${HEAD}a_total 1`,
})) {
  test(`${what} is refused`, () => void assert.throws(() => parseMetrics(text)))
}
