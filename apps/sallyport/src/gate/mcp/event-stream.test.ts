import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EventStream } from './event-stream.ts'

/** Stands for the answer that is rewritten: whatever says SECRET. */
const rewrite = (data: Buffer): string | undefined => {
  const text = data.toString()
  return text.includes('SECRET') ? text.replace('SECRET', 'ok') : undefined
}
const onTooLarge = () => new Error('too large')
const streamOf = (options: Partial<ConstructorParameters<typeof EventStream>[0]> = {}) =>
  new EventStream({ maxBytes: 10_000, rewrite, onTooLarge, ...options })

function run(pieces: readonly Buffer[], stream = streamOf()): string {
  return Buffer.concat([...pieces.map((piece) => stream.push(piece)), stream.end()]).toString('latin1')
}
const whole = (text: string, stream?: EventStream) => run([Buffer.from(text, 'latin1')], stream)
const utf8 = (text: string) => Buffer.from(text).toString('latin1')

const LINES = [
  ': hello',
  '',
  'retry: 1000',
  '',
  'id: 0',
  'data:',
  '',
  'event: message',
  'id: 1',
  'data: {"a":',
  utf8('data: "SECRET \u20ac \u{1f600}"}'),
  'id: 2',
  '',
  'data',
  '',
  ': in between',
  utf8('data: gr\u00fc\u00df'),
  ': within an event',
  'data:two',
  'id: 3',
  '',
  'unknown: line',
  'data:SECRET',
  '',
  '',
]
const SAMPLE: Readonly<Record<string, string>> = {
  LF: LINES.join('\n'),
  CRLF: LINES.join('\r\n'),
  CR: LINES.join('\r'),
  'CRLF behind a byte order mark': `\xef\xbb\xbf${LINES.slice(9).join('\r\n')}`,
}

for (const [ending, sample] of Object.entries(SAMPLE)) {
  const bytes = Buffer.from(sample, 'latin1')
  const uncut = run([bytes])

  test(`X-47 cut at any two bytes, a stream of events leaves as it does uncut (${ending})`, () => {
    for (let first = 0; first <= bytes.length; first++) {
      for (let second = first; second <= bytes.length; second += 7) {
        const pieces = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]
        assert.equal(run(pieces), uncut, `cut at ${first} and ${second}`)
      }
    }
    assert.equal(run(Array.from(bytes, (byte) => Buffer.from([byte]))), uncut, 'byte by byte')
  })

  test(`what is not rewritten leaves byte for byte (${ending})`, () => {
    assert.equal(run([bytes], streamOf({ rewrite: () => undefined })), sample)
    assert.ok(!uncut.includes('SECRET'))
  })
}

test('a rewritten event is one event with one line of data, and keeps its other fields', () => {
  assert.equal(
    whole('event: message\ndata: {"a":\nid: 7\ndata: "SECRET"}\n: why\n\ndata: next\n\n'),
    'event: message\nid: 7\n: why\ndata: {"a": "ok"}\n\ndata: next\n\n',
  )
  assert.equal(whole('data:SECRET\r\n\r\n'), 'data: ok\r\n\r\n')
  assert.equal(whole('data:SECRET\r\r'), 'data: ok\r\r')
})

test('any bytes, cut anywhere, leave as they do uncut, and as they came when nothing is rewritten', () => {
  const alphabet = [
    '\n',
    '\r',
    '\r\n',
    '\n\n',
    'data',
    'data:',
    'data: ',
    ':',
    ' ',
    'id: 1',
    'SECRET',
    'x',
    '\xff',
    '\xef\xbb\xbf',
  ]
  let seed = 42
  const random = (below: number) => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) % below
  for (let round = 0; round < 3_000; round++) {
    const text = Array.from({ length: 1 + random(24) }, () => alphabet[random(alphabet.length)]).join('')
    const bytes = Buffer.from(text, 'latin1')
    const pieces: Buffer[] = []
    for (let at = 0; at < bytes.length;) {
      const next = at + 1 + random(5)
      pieces.push(bytes.subarray(at, next))
      at = next
    }
    assert.equal(run(pieces), run([bytes]), JSON.stringify(text))
    assert.equal(run(pieces, streamOf({ rewrite: () => undefined })), text, JSON.stringify(text))
  }
})

test('a byte order mark before the first line hides no data', () => {
  assert.equal(whole('\xef\xbb\xbfdata: SECRET\n\n'), 'data: ok\n\n')
  // Anywhere else it is part of a field that nobody knows.
  assert.equal(whole('\n\xef\xbb\xbfdata: SECRET\n\n'), '\n\xef\xbb\xbfdata: SECRET\n\n')
})

test('only fields by the very name of data are data', () => {
  for (const line of ['datax: SECRET', ' data: SECRET', 'Data: SECRET', 'dat', ':data: SECRET']) {
    assert.equal(whole(`${line}\n\n`), `${line}\n\n`)
  }
})

test('X-47 an event leaves with its last byte, and comments and fields before data leave with their line', () => {
  const stream = streamOf()
  const push = (text: string) => stream.push(Buffer.from(text)).toString()
  assert.equal(push(': keep-alive\n'), ': keep-alive\n')
  assert.equal(push('id: 1\nretry: 5\nda'), 'id: 1\nretry: 5\n')
  assert.equal(push('ta: a'), '')
  assert.equal(push('\n'), '')
  assert.equal(push('\n'), 'data: a\n\n')
  assert.equal(push('data: b\r\n\r'), 'data: b\r\n\r') // the LF that may follow ends nothing
  assert.equal(push('\ndata: c'), '\n')
  assert.equal(stream.held, 7)
  assert.equal(stream.end().toString(), 'data: c')
  assert.equal(stream.held, 0)
})

test('an event that is cut off at the end of the stream is judged as if it were whole', () => {
  assert.equal(whole('data: SECRET'), 'data: ok\n')
  assert.equal(whole('data: SECRET\n'), 'data: ok\n')
})

test('an event, and a line of any kind, is bounded in bytes', () => {
  const small = () => streamOf({ maxBytes: 20 })
  assert.equal(whole('data: 12345678901234\n'.slice(1), small()), 'ata: 12345678901234\n')
  assert.equal(whole('data: 1234567890123\n\n', small()), 'data: 1234567890123\n\n')
  assert.throws(() => whole('data: 12345678901234\n\n', small()), /too large/)
  assert.throws(() => whole('data: 1\ndata: 2\ndata: 3\n\n', small()), /too large/)
  assert.throws(() => whole(`: ${'x'.repeat(30)}`, small()), /too large/)
  const endless = small()
  for (let index = 0; index < 1_000; index++) endless.push(Buffer.from('data: 1\n\n: x\n'))
  assert.equal(endless.held, 0)
})
