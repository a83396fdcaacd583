import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isRefused } from '../../teamspaces/refusal.ts'
import { ANNA, BERT } from '../../teamspaces/acme.fixture.ts'
import { MAX_BYTES, MAX_ROWS } from './csv-bounds.ts'
import { readCsv } from './read-csv.ts'

const HEADER = 'email,object_id\n'

/** In pieces, so that every character is cut somewhere. */
async function* pieces(content: string | Uint8Array, size = 7): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(content)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

/** Rows as `line email`, with what is wrong; or the refusal of the file. */
async function read(content: string | Uint8Array, size?: number): Promise<string | string[]> {
  const file = await readCsv(pieces(content, size))
  if (isRefused(file)) return `${file.refused.code}: ${file.refused.says}`
  return file.rows.map((row) => `${row.line} ${row.email}${'problem' in row ? `: ${row.problem}` : ''}`)
}

const ROWS = [`2 a@acme.example`, `3 b@acme.example`]
const lines = (...rows: string[]) => ['email,object_id', ...rows]
const TWO = lines(`a@acme.example,${ANNA}`, `b@acme.example,${BERT}`)

const TAKEN: [string, string | Uint8Array, string[]][] = [
  ['LF', `${TWO.join('\n')}\n`, ROWS],
  ['no line end at the end', TWO.join('\n'), ROWS],
  ['CRLF', `${TWO.join('\r\n')}\r\n`, ROWS],
  ['CR', `${TWO.join('\r')}\r`, ROWS],
  ['all three in one file', `${TWO[0]}\r\n${TWO[1]}\n${TWO[2]}\r`, ROWS],
  ['a byte order mark', `\ufeff${TWO.join('\r\n')}`, ROWS],
  ['quoted cells, the header too', `"email","object_id"\n"a@acme.example","${ANNA}"\n`, ROWS.slice(0, 1)],
  ['columns in another order and case', `Object_ID, EMAIL \n${ANNA},A@acme.example\n`, ROWS.slice(0, 1)],
  ['empty lines and rows', `${TWO[0]}\n\n,\n${TWO[1]}\n , \n`, ['4 a@acme.example']],
  ['header only', HEADER, []],
  ['a guarded formula', `email,object_id\n'+a@acme.example,${ANNA}\n`, ['2 +a@acme.example']],
  ['a subject', 'email,subject\na@acme.example,"auth0|, ""x"""\n', ['2 a@acme.example']],
  ['both kinds of identity', `email,object_id,subject\na@acme.example,${ANNA},\nb@acme.example,,x\n`, ROWS],
  ['letters of other scripts', 'email,subject\nümit@acme.example,ü\n', ['2 ümit@acme.example']],
  ['__proto__ as a value', 'email,subject\n__proto__@acme.example,__proto__\n', ['2 __proto__@acme.example']],
]

for (const [what, content, expected] of TAKEN) {
  test(`B-01 a file is taken with ${what}`, async () => {
    for (const size of [1, 7, 100_000]) assert.deepEqual(await read(content, size), expected)
  })
}

const REFUSED: [string, string | Uint8Array, RegExp][] = [
  ['nothing', '', /^invalid: The file is empty/],
  ['nothing but a byte order mark', '\ufeff', /^invalid: The file is empty/],
  ['UTF-16 with its mark', Buffer.from(`\ufeff${TWO.join('\n')}`, 'utf16le'), /^invalid: The file is UTF-16/],
  ['UTF-16 without a mark', Buffer.from(TWO.join('\n'), 'utf16le'), /^invalid: The file is UTF-16/],
  ['UTF-16 the other way round', Buffer.from(`\ufeff${TWO[0]}`, 'utf16le').swap16(), /^invalid: The file is UTF-16/],
  ['Latin-1', Buffer.from(`${HEADER}ümit@acme.example,${ANNA}`, 'latin1'), /^invalid: The file is not UTF-8/],
  ['half a character at the end', Buffer.from(`${HEADER}ü`).subarray(0, -1), /^invalid: The file is not UTF-8/],
  ['a NUL', `${HEADER}a\0@acme.example,${ANNA}\n`, /^invalid: The file has a NUL/],
  ['semicolons', `email;object_id\na@acme.example;${ANNA}\n`, /^invalid: The file is separated by semicolons/],
  ['tabs', `email\tobject_id\na@acme.example\t${ANNA}\n`, /^invalid: The file is separated by tabs/],
  ['sep=;', `sep=;\nemail;object_id\n`, /^invalid: The first line is sep=/],
  ['sep=,', `sep=,\nemail,object_id\n`, /^invalid: The first line is sep=/],
  ['no header', `a@acme.example,${ANNA}\n`, /^invalid: The column a@acme\.example is not known; known are email, /],
  ['__proto__ as a column', `email,object_id,__proto__\n`, /^invalid: The column __proto__ is not known/],
  ['constructor as a column', `email,constructor\n`, /^invalid: The column constructor is not known/],
  ['a column that a terminal obeys', `email,object_id,\u001b[2J\n`, /^invalid: The column �\[2J is not known/],
  ['a column without a name', `email,object_id,\n`, /^invalid: A column has no name/],
  ['a column twice', `email,object_id,Email\n`, /^invalid: The column email is there twice/],
  ['no e-mails', `object_id\n${ANNA}\n`, /^invalid: The column email is missing/],
  ['nobody identified', `email,role\n`, /^invalid: A column object_id, for Entra, or subject, for OpenID Connect/],
  ['a quote that nothing closes', `${HEADER}a@acme.example,${ANNA}\n"b\n,${BERT}\n`, /begins in line 3 opens a quote/],
  [
    'a quote within a cell',
    `${HEADER}a@acme.example,${ANNA}\nb"@acme.example,x\n`,
    /begins in line 3 has a quote where/,
  ],
  ['text after a quote', `${HEADER}"a"b,${ANNA}\n`, /begins in line 2 has a quote where/],
  ['an endless line', `${HEADER}${'x'.repeat(100_000)}`, /begins in line 2 is longer than 8192 bytes/],
  ['an endless cell in quotes', `${HEADER}"${'x\n'.repeat(50_000)}`, /begins in line 2 is longer than 8192 bytes/],
  ['endless cells', `${HEADER}${','.repeat(MAX_BYTES - 100)}`, /^invalid: The row in line 2 has more than 100 cells/],
  ['too many rows', `${HEADER}${'x,y\n'.repeat(MAX_ROWS + 1)}`, /^too_large: The file has more than 10000 rows/],
  [
    'too many empty rows',
    `${HEADER}${'\n'.repeat(MAX_BYTES / 2)}`,
    /^too_large: The file has more than 20000 rows, empty/,
  ],
  ['too many bytes', `${HEADER}${`${'x'.repeat(1_000)}\n`.repeat(5_500)}`, /^too_large: The file is larger than 5 MiB/],
]

for (const [what, content, expected] of REFUSED) {
  test(`B-01 a file is refused as a whole for ${what}`, async () => {
    assert.match(String(await read(content, 64 * 1024)), expected)
    if (content.length < 1_000) assert.match(String(await read(content, 3)), expected)
  })
}

test('B-01 f the largest file that is allowed is read, and the event loop stays free meanwhile', async (t) => {
  const row = `,${ANNA},${'x'.repeat(200)}`
  const rows = Array.from({ length: MAX_ROWS }, (_, index) => `p${index}@acme.example${row}`)
  const content = Buffer.from(`email,object_id,display_name\n${rows.join('\n')}\n`)
  let turns = 0
  const timer = setInterval(() => (turns += 1), 1)
  t.after(() => clearInterval(timer))
  const file = await readCsv(pieces(content, MAX_BYTES))
  assert.ok(!isRefused(file))
  assert.equal(file.rows.length, MAX_ROWS)
  assert.ok(turns >= 20, `${turns} turns`)
})

test('B-01 d each row says what is wrong with it, under the line where it begins', async () => {
  const rows = [
    'email,object_id,role,display_name',
    `"a@acme\r\n.example",${ANNA},,`,
    `b@acme.example,${ANNA},,"two\r\nor three\nlines"`,
    `anna,nobody,root,`,
    `c@acme.example,,,`,
    `d@acme.example,${ANNA}`,
    `e@acme.example,${ANNA},Admin,`,
    `f@acme.example,${ANNA},,${'x'.repeat(257)}`,
    `,${ANNA},,`,
  ]
  assert.deepEqual(await read(rows.join('\r\n')), [
    '2 a@acme��.example: email must be an e-mail address',
    '4 b@acme.example',
    '7 anna: email must be an e-mail address; role must be owner, admin or developer; object_id must be the GUID that Entra shows as Object ID of the user',
    '8 c@acme.example: exactly one of object_id, subject and service_account is needed',
    '9 d@acme.example: has 2 cells, where the header has 4',
    '10 e@acme.example',
    '11 f@acme.example: display_name is too long',
    '12 : email is needed',
  ])
})
