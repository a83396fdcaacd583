import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toCef } from './cef.ts'

const call = {
  id: '01900000-0000-7000-8000-000000000001',
  kind: 'call',
  at: 1_800_000_000_000,
  teamspaceId: 't1',
  seq: 7,
  hash: 'h',
  decision: 'denied',
  rule: 'member_unknown',
  server: 'context7',
  status: 401,
} as const

/** A strict reader: the header by `|` that is not escaped, then keys by ` key=`. */
function readCef(line: string) {
  assert.doesNotMatch(line, /[\n\r\u2028\u2029\0]/)
  const fields: string[] = ['']
  let rest = ''
  for (let at = 0; at < line.length; at++) {
    if (fields.length === 8) {
      rest = line.slice(at)
      break
    }
    if (line[at] === '\\') fields.push(fields.pop()! + line[++at]!)
    else if (line[at] === '|') fields.push('')
    else fields.push(fields.pop()! + line[at]!)
  }
  const keys = [...rest.matchAll(/(?:^| )([A-Za-z0-9]+)=/g)] // an escaped = has a backslash before it
  const extension = Object.fromEntries(
    keys.map((match, index) => {
      const value = rest.slice(match.index + match[0].length, keys[index + 1]?.index)
      const unescaped = value.replace(
        /\\([\\=nr])/g,
        (_, escaped: string) => ({ n: '\n', r: '\r' })[escaped] ?? escaped,
      )
      return [match[1], unescaped]
    }),
  )
  return { header: fields.slice(0, 7), extension }
}

test('B-27 a call as CEF: header and extension hold what the row says', () => {
  const { header, extension } = readCef(toCef(call))
  assert.deepEqual(header, [
    'CEF:0',
    'Sallyport',
    'Sallyport',
    '1',
    'member_unknown',
    'MCP call denied: member_unknown',
    '5',
  ])
  assert.equal(extension['rt'], '1800000000000')
  assert.deepEqual(
    [extension['cs1'], extension['cn1'], extension['cn2'], extension['outcome']],
    ['t1', '7', '401', 'denied'],
  )
})

test('hostile values make no field, no line and no event of their own', () => {
  const hostile = 'a|b\\c=d e=f\nCEF:0|x\r\nrt=1\u2028\u0000 suser=root \\'
  const { header, extension } = readCef(toCef({ ...call, rule: hostile, email: hostile, target: hostile }))
  assert.equal(header.length, 7)
  assert.equal(header[4], hostile.replace(/[\n\r\u2028\0]/g, ' '))
  const expected = hostile.replace('\r\n', '\n').replace(/[\u2028\0]/g, ' ')
  assert.deepEqual([extension['suser'], extension['cs2'], extension['reason']], [expected, expected, expected])
  assert.equal(extension['rt'], '1800000000000')
})

test('a change as CEF shows before and after as JSON', () => {
  const { header, extension } = readCef(
    toCef({ ...call, kind: 'admin', actor: 'operator', action: 'member.add', after: { email: 'a=b|c@x.example' } }),
  )
  assert.equal(header[5], 'Change: member.add')
  assert.deepEqual([extension['suser'], extension['cs3']], ['operator', '{"email":"a=b|c@x.example"}'])
})
