import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { startJudgedGate } from '../support/judged-gate.ts'
import type { JudgedGate } from '../support/judged-gate.ts'

let judged: JudgedGate
before(async () => (judged = await startJudgedGate()))
after(() => judged.close())

/** What, the body, and what becomes of it where all but a few things are allowed, and where a few things are. */
type Case = readonly [title: string, body: string | Buffer, denying: string, allowing?: string]

const HIDDEN = 'tool_unknown'
const MALFORMED = 'message_malformed'
const AMBIGUOUS = 'message_ambiguous'
const FORBIDDEN = 'call_forbidden'

const rpc = (method: string, params: string, id = '1') =>
  `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${params}}`
const call = (params: string) => rpc('tools/call', params)
const named = (name: string) => call(`{"name":"${name}"}`)
const given = (tool: string, args: string) => call(`{"name":"${tool}","arguments":${args}}`)
const read = (uri: string) => rpc('resources/read', `{"uri":"${uri}"}`)
const DROP = named('drop')
const GET = named('get')

const table: Readonly<Record<string, readonly Case[]>> = {
  'the rules themselves': [
    ['a tool that is denied by name', DROP, HIDDEN],
    ['a tool that is denied by class', named('wipe'), HIDDEN],
    ['a tool that nothing is said of', named('other'), 'passed', HIDDEN],
    ['a tool that is allowed', GET, 'passed', 'passed'],
    ['an argument that is denied', given('deploy', '{"to":"live"}'), FORBIDDEN],
    ['an argument that is allowed', given('deploy', '{"to":"test"}'), 'passed', 'passed'],
  ],
  'members twice': [
    ['name', call('{"name":"get","name":"drop"}'), AMBIGUOUS],
    ['name, once escaped', call('{"name":"get","\\u006eame":"drop"}'), AMBIGUOUS],
    ['name, with all of it escaped', call('{"name":"get","\\u006e\\u0061\\u006d\\u0065":"drop"}'), AMBIGUOUS],
    ['name, the same both times', call('{"name":"get","name":"get"}'), AMBIGUOUS],
    ['method', '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"drop"}}', AMBIGUOUS],
    ['method, once escaped', DROP.replace('"method"', '"method":"ping","m\\u0065thod"'), AMBIGUOUS],
    ['params', `${GET.slice(0, -1)},"params":{"name":"drop"}}`, AMBIGUOUS],
    ['params, once escaped', `${GET.slice(0, -1)},"par\\u0061ms":{"name":"drop"}}`, AMBIGUOUS],
    ['arguments', call('{"name":"deploy","arguments":{"to":"test"},"arguments":{"to":"live"}}'), AMBIGUOUS],
    ['an argument', given('deploy', '{"to":"test","to":"live"}'), AMBIGUOUS],
    ['an argument, once escaped', given('deploy', '{"to":"test","t\\u006f":"live"}'), AMBIGUOUS],
    ['an argument inside another', given('get', '{"a":[{"b":{"c":1,"c":2}}]}'), AMBIGUOUS],
    ['id', DROP.replace('"id":1', '"id":1,"id":2'), AMBIGUOUS],
    ['a name of one character, escaped', given('deploy', '{"\\u0074":1}'), AMBIGUOUS],
  ],
  'members that look like others': [
    ['Name', call('{"name":"get","Name":"drop"}'), AMBIGUOUS],
    ['NAME alone', call('{"NAME":"drop"}'), AMBIGUOUS],
    ['name and a NUL', call('{"name":"get","name\\u0000":"drop"}'), AMBIGUOUS],
    ['paramſ', `${GET.slice(0, -1)},"param\u017f":{"name":"drop"}}`, AMBIGUOUS],
    ['argumentſ', call('{"name":"deploy","argument\u017f":{"to":"live"}}'), AMBIGUOUS],
    ['tasKId with the Kelvin sign', rpc('tasks/get', '{"taskId":"a","tas\u212aId":"b"}'), AMBIGUOUS],
    ['METHOD beside method', GET.replace('"method"', '"METHOD":"ping","method"'), AMBIGUOUS],
    ['an argument in another case', given('deploy', '{"To":"live"}'), FORBIDDEN],
    ['an argument in both cases', given('deploy', '{"to":"test","TO":"live"}'), FORBIDDEN],
    ['an argument in another case of a rule that reads none', given('get', '{"To":"live","to":1}'), 'passed', 'passed'],
    ['__proto__ with a name', call('{"__proto__":{"name":"drop"}}'), AMBIGUOUS],
    ['__proto__ with arguments', call('{"name":"deploy","__proto__":{"arguments":{"to":"live"}}}'), AMBIGUOUS],
    ['__proto__ in arguments', given('deploy', '{"__proto__":{"to":"live"}}'), FORBIDDEN],
    ['__proto__ beside the argument', given('deploy', '{"to":"test","__proto__":{"to":"live"}}'), FORBIDDEN],
    [
      'constructor in arguments, which conditions cannot read',
      given('deploy', '{"to":"test","constructor":{"prototype":{"to":"live"}}}'),
      FORBIDDEN,
    ],
    ['constructor in params', call('{"constructor":{"name":"drop"},"name":"get"}'), 'passed', 'passed'],
  ],
  'a name that is none': [
    ['a list', call('{"name":["drop"]}'), MALFORMED],
    ['an object', call('{"name":{"toString":"drop"}}'), MALFORMED],
    ['a number', call('{"name":0}'), MALFORMED],
    ['null', call('{"name":null}'), MALFORMED],
    ['nothing', call('{}'), MALFORMED],
    ['no params', '{"jsonrpc":"2.0","id":1,"method":"tools/call"}', MALFORMED],
    ['params that are null', call('null'), MALFORMED],
    ['params by position', call('["drop"]'), MALFORMED],
    ['params that are text', call('"{\\"name\\":\\"drop\\"}"'), MALFORMED],
    ['nothing but a URI', call('{"uri":"drop"}'), MALFORMED],
    ['empty text', named(''), 'passed', HIDDEN],
    ['only in _meta', call('{"_meta":{"name":"drop"}}'), MALFORMED],
    ['another one in _meta', call('{"name":"drop","_meta":{"name":"get"}}'), HIDDEN],
  ],
  'names of tools': [
    ['in capitals', named('DROP'), HIDDEN],
    ['in full-width letters', named('ｄｒｏｐ'), HIDDEN],
    ['a zero-width space in it', named('dr\u200bop'), HIDDEN],
    ['a soft hyphen, escaped', named('dr\\u00adop'), HIDDEN],
    ['a right-to-left mark', named('\u202edrop\u200f'), HIDDEN],
    ['a byte order mark', named('\ufeffdrop'), HIDDEN],
    ['blanks around it', named(' drop\\t'), HIDDEN],
    ['a no-break space behind it', named('drop\u00a0'), HIDDEN],
    ['escaped', named('\\u0064\\u0072op'), HIDDEN],
    ['a NUL behind it', named('drop\\u0000'), AMBIGUOUS],
    ['a NUL and more behind it', named('drop\\u0000get'), AMBIGUOUS],
    ['half a surrogate pair', named('drop\\ud800'), AMBIGUOUS],
    ['surrogates the wrong way round', named('drop\\udc00\\ud800'), AMBIGUOUS],
    ['Cyrillic о, which is another name', named('drоp'), 'passed', HIDDEN],
    ['a dot behind it, which is another name', named('drop.'), 'passed', HIDDEN],
    ['dot segments, which are another name', named('get/../drop'), 'passed', HIDDEN],
    ['percent encoding, which is another name', named('dr%6fp'), 'passed', HIDDEN],
    ['the denied class in capitals', named('WIPE'), HIDDEN],
    ['the allowed one in capitals', named('GET'), 'passed', HIDDEN],
    ['the allowed one and a blank', named('get '), 'passed', HIDDEN],
    ['the allowed one, with a zero-width joiner', named('ge\u200dt'), 'passed', HIDDEN],
    ['letters with accents, decomposed', named('list_cafe\u0301'), 'passed', 'passed'],
    ['letters with accents, composed', named('list_caf\u00e9'), 'passed', 'passed'],
    ['longer than any', named('get'.repeat(4_000)), HIDDEN],
  ],
  methods: [
    ['in another case', rpc('Tools/Call', '{"name":"drop"}'), AMBIGUOUS],
    ['a slash behind it', rpc('tools/call/', '{"name":"drop"}'), AMBIGUOUS],
    ['two slashes in it', rpc('tools//call', '{"name":"drop"}'), AMBIGUOUS],
    ['a blank around it', rpc(' tools/call', '{"name":"drop"}'), AMBIGUOUS],
    ['a line feed behind it', rpc('tools/call\\n', '{"name":"drop"}'), AMBIGUOUS],
    ['a NUL behind it', rpc('tools/call\\u0000', '{"name":"drop"}'), AMBIGUOUS],
    ['a NUL and more behind it', rpc('tools/call\\u0000x', '{"name":"drop"}'), AMBIGUOUS],
    ['a backslash in it', rpc('tools\\\\call', '{"name":"drop"}'), AMBIGUOUS],
    ['full-width letters', rpc('ｔools/call', '{"name":"drop"}'), AMBIGUOUS],
    ['an escaped slash, which is a slash', rpc('tools\\/call', '{"name":"drop"}'), HIDDEN],
    ['an escaped letter', rpc('t\\u006fols/call', '{"name":"drop"}'), HIDDEN],
    ['the list, in another case', rpc('TOOLS/LIST', '{}'), AMBIGUOUS],
    ['null', DROP.replace('"tools/call"', 'null'), MALFORMED],
    ['a list', DROP.replace('"tools/call"', '["tools/call"]'), MALFORMED],
    ['none, and no result', DROP.replace('"method":"tools/call",', ''), MALFORMED],
    ['beside a result', DROP.replace('"id"', '"result":{},"id"'), HIDDEN],
    ['beside an error', DROP.replace('"id"', '"error":{"code":1,"message":""},"id"'), HIDDEN],
    ['none, in a response', '{"jsonrpc":"2.0","id":1,"result":{"name":"drop"}}', 'passed', 'passed'],
    ['of a vendor', rpc('vendor/call', '{"name":"drop"}'), 'passed', FORBIDDEN],
    ['longer than any', rpc('x'.repeat(257), '{}'), MALFORMED],
  ],
  'ids and versions': [
    ['a notification', DROP.replace('"id":1,', ''), HIDDEN],
    ['an id that is null', rpc('tools/call', '{"name":"drop"}', 'null'), HIDDEN],
    ['an id that is text', rpc('tools/call', '{"name":"drop"}', '"1"'), HIDDEN],
    ['an id of 1.0', rpc('tools/call', '{"name":"drop"}', '1.0'), HIDDEN],
    ['an id of 1.0 of what is allowed', rpc('tools/call', '{"name":"get"}', '1.0'), 'passed', 'passed'],
    ['an id of -0', rpc('tools/call', '{"name":"get"}', '-0'), 'passed', 'passed'],
    ['an id of 1.5', rpc('tools/call', '{"name":"get"}', '1.5'), MALFORMED],
    ['an id of 2^53 and 1', rpc('tools/call', '{"name":"get"}', '9007199254740993'), MALFORMED],
    ['an id of 1e400', rpc('tools/call', '{"name":"get"}', '1e400'), MALFORMED],
    ['an id that is true', rpc('tools/call', '{"name":"get"}', 'true'), MALFORMED],
    ['an id that is a list', rpc('tools/call', '{"name":"get"}', '[1]'), MALFORMED],
    ['version "2.0 "', GET.replace('"2.0"', '"2.0 "'), MALFORMED],
    ['version 2.0, a number', GET.replace('"2.0"', '2.0'), MALFORMED],
    ['version 1.0', GET.replace('"2.0"', '"1.0"'), MALFORMED],
    ['no version', GET.replace('"jsonrpc":"2.0",', ''), MALFORMED],
  ],
  batches: [
    ['the bad one first', `[${DROP},${GET},${GET}]`, HIDDEN],
    ['the bad one in the middle', `[${GET},${DROP},${GET}]`, HIDDEN],
    ['the bad one last', `[${GET},${GET},${DROP}]`, HIDDEN],
    ['all good', ` [\n${GET} ,${GET}]\n`, 'passed', 'passed'],
    ['only the bad one', `[${DROP}]`, HIDDEN],
    ['a notification among them', `[${GET},${DROP.replace('"id":1,', '')}]`, HIDDEN],
    ['an argument of the second', `[${GET},${given('deploy', '{"to":"live"}')}]`, FORBIDDEN],
    ['a number of the second', `[${given('pay', '{"n":1}')},${given('pay', '{"n":1e-400}')}]`, FORBIDDEN],
    ['a list in it', `[[${DROP}]]`, MALFORMED],
    ['a list beside', `[${GET},[${DROP}]]`, MALFORMED],
    ['nothing in it', '[]', MALFORMED],
    ['null in it', `[${GET},null]`, MALFORMED],
    ['more than anybody sends', `[${Array(51).fill(GET).join()}]`, MALFORMED],
  ],
  'arguments as a server may read them': [
    ['text that holds an object', given('deploy', '"{\\"to\\":\\"live\\"}"'), MALFORMED],
    ['a list of them', given('deploy', '[{"to":"live"}]'), MALFORMED],
    ['null', given('get', 'null'), 'passed', 'passed'],
    ['a NUL in the text', given('deploy', '{"to":"live\\u0000"}'), FORBIDDEN],
    ['half a surrogate pair in the text', given('deploy', '{"to":"live\\ud800"}'), FORBIDDEN],
    ['text with an escape', given('deploy', '{"to":"l\\u0069ve"}'), FORBIDDEN],
    ['a list with the text', given('deploy', '{"to":["live"]}'), 'passed', FORBIDDEN],
  ],
  numbers: [
    ['2^53 and 1, which is judged', given('refund', '{"id":9007199254740993}'), FORBIDDEN, HIDDEN],
    ['2^53, which a double cannot tell from it', given('refund', '{"id":9007199254740992}'), FORBIDDEN, HIDDEN],
    ['2^53 and 1 with a point', given('refund', '{"id":9007199254740993.0}'), FORBIDDEN, HIDDEN],
    ['2^53 and 1 with an exponent', given('refund', '{"id":9.007199254740993e15}'), FORBIDDEN, HIDDEN],
    ['another id', given('refund', '{"id":5}'), 'passed', HIDDEN],
    ['2^53 and 1 where no rule looks', given('get', '{"id":9007199254740993}'), 'passed', 'passed'],
    ['2^53 and 1 beside the one that is judged', given('pay', '{"n":1,"id":9007199254740993}'), 'passed', 'passed'],
    ['1e400, which is infinite or refused', given('pay', '{"n":1e400}'), FORBIDDEN],
    ['-1e400', given('pay', '{"n":-1e400}'), FORBIDDEN],
    ['1e-400', given('pay', '{"n":1e-400}'), FORBIDDEN],
    ['more digits than a double has, just above', given('pay', '{"n":1000.00000000000000001}'), FORBIDDEN],
    ['-0', given('pay', '{"n":-0}'), 'passed', 'passed'],
    ['1.0e3', given('pay', '{"n":1.0e3}'), 'passed', 'passed'],
    ['0.1 and 0.2, as written', given('pay', '{"n":0.1,"m":0.2}'), 'passed', 'passed'],
    ['1e3 and a bit', given('pay', '{"n":1000.0001}'), FORBIDDEN],
    ['text that is a number', given('pay', '{"n":"2000"}'), FORBIDDEN],
    ['leading zeros', given('pay', '{"n":0001}'), MALFORMED],
    ['a plus', given('pay', '{"n":+1}'), MALFORMED],
    ['NaN', given('pay', '{"n":NaN}'), MALFORMED],
    ['Infinity', given('pay', '{"n":Infinity}'), MALFORMED],
    ['hexadecimal', given('pay', '{"n":0x1}'), MALFORMED],
    ['a point and nothing', given('pay', '{"n":1.}'), MALFORMED],
  ],
  'prompts and resources': [
    ['a prompt', rpc('prompts/get', '{"name":"leak"}'), 'prompt_unknown'],
    ['a prompt in capitals', rpc('prompts/get', '{"name":"LEAK"}'), 'prompt_unknown'],
    ['its completion', rpc('completion/complete', '{"ref":{"type":"ref/prompt","name":"leak"}}'), 'prompt_unknown'],
    [
      'a completion of both',
      rpc('completion/complete', '{"ref":{"type":"ref/prompt","name":"review","uri":"a:b"}}'),
      MALFORMED,
    ],
    [
      'a completion of the allowed one',
      rpc('completion/complete', '{"ref":{"type":"ref/prompt","name":"review"}}'),
      'passed',
      'passed',
    ],
    ['a resource', read('file:///etc/passwd'), 'resource_unknown'],
    ['an escaped letter', read('file:///%65tc/passwd'), 'resource_unknown'],
    ['escaped twice', read('file:///%2565tc/passwd'), 'resource_unknown'],
    ['dot segments', read('file:///srv/../etc/passwd'), 'resource_unknown'],
    ['escaped dot segments', read('file:///srv/%2e%2e/etc/passwd'), 'resource_unknown'],
    ['backslashes', read('file:///srv\\\\..\\\\etc\\\\passwd'), 'resource_unknown'],
    ['localhost', read('file://localhost/etc/passwd'), 'resource_unknown'],
    ['the scheme in capitals', read('FILE:///etc/passwd'), 'resource_unknown'],
    ['one slash', read('file:/etc/passwd'), 'resource_unknown'],
    ['four slashes', read('file:////etc/passwd'), 'resource_unknown'],
    ['slashes and dot segments', read('file:///srv//x/../../../etc/passwd'), 'resource_unknown'],
    ['a NUL', read('file:///etc/passwd\\u0000.txt'), AMBIGUOUS],
    ['userinfo', read('https://a:b@h.example/secret'), 'resource_unknown'],
    ['a port that is the usual one', read('https://h.example:443/secret'), 'resource_unknown'],
    ['a query', read('https://h.example/secret?x'), 'resource_unknown'],
    ['a fragment', read('https://h.example/secret#x'), 'resource_unknown'],
    ['a slash behind', read('https://h.example/secret/'), 'resource_unknown'],
    ['a resource that is allowed', read('file:///srv/a%20b?c#d'), 'passed', 'passed'],
    ['an allowed one that leads elsewhere', read('file:///srv/../opt/x'), 'passed', 'resource_unknown'],
    [
      'an allowed one that leads elsewhere over slashes',
      read('file:///srv/x//../../opt'),
      'passed',
      'resource_unknown',
    ],
    ['a subscription', rpc('resources/subscribe', '{"uri":"file:///etc/passwd"}'), 'resource_unknown'],
    [
      'a subscription of 2026-07-28',
      rpc('subscriptions/listen', '{"notifications":{"resourceSubscriptions":["file:///srv/a","file:///etc/passwd"]}}'),
      'resource_unknown',
    ],
    [
      'a subscription of what is allowed',
      rpc('subscriptions/listen', '{"notifications":{"resourceSubscriptions":["file:///srv/a"]}}'),
      'passed',
      'passed',
    ],
    ['a cursor that names something', rpc('tools/list', '{"cursor":"drop","name":"drop"}'), 'passed', 'passed'],
  ],
  'what is JSON': [
    ['a byte order mark', `\ufeff${GET}`, AMBIGUOUS],
    ['UTF-16, little end first', Buffer.from(`\ufeff${GET}`, 'utf16le'), MALFORMED],
    ['UTF-16, big end first', Buffer.from(`\ufeff${GET}`, 'utf16le').swap16(), MALFORMED],
    ['UTF-16 without a mark', Buffer.from(GET, 'utf16le'), MALFORMED],
    ['UTF-32', Buffer.from([...GET].flatMap((char) => [char.charCodeAt(0), 0, 0, 0])), MALFORMED],
    ['Latin-1', Buffer.from(named('caf\u00e9'), 'latin1'), MALFORMED],
    ['an overlong letter', Buffer.from(named('\xc1\xa4rop'), 'latin1'), MALFORMED],
    ['an encoded surrogate', Buffer.from(named('drop\xed\xa0\x80'), 'latin1'), MALFORMED],
    ['beyond Unicode', Buffer.from(named('drop\xf5\x80\x80\x80'), 'latin1'), MALFORMED],
    ['half a character at the end', Buffer.from(`${GET}\xc3`, 'latin1'), MALFORMED],
    ['a comment', `/**/${GET}`, MALFORMED],
    ['a comment in it', GET.replace(',', '/*,*/,'), MALFORMED],
    ['a comment of a line', `${GET}//`, MALFORMED],
    ['a comma at the end', GET.replace(/}$/, ',}'), MALFORMED],
    ['single quotes', GET.replaceAll('"', "'"), MALFORMED],
    ['names without quotes', GET.replace('"method"', 'method'), MALFORMED],
    ['two messages', `${GET}${DROP}`, MALFORMED],
    ['two messages in two lines', `${GET}\n${DROP}`, MALFORMED],
    ['something behind it', `${GET};`, MALFORMED],
    ['a NUL behind it', `${GET}\0`, MALFORMED],
    ['a record separator before it', `\u001e${GET}`, MALFORMED],
    ['blanks around it', `\n\t ${GET}\r\n`, 'passed', 'passed'],
    ['blanks in it', GET.replaceAll(':', ' :\t'), 'passed', 'passed'],
    ['a no-break space before it', `\u00a0${GET}`, MALFORMED],
    ['a form feed before it', `\f${GET}`, MALFORMED],
    ['a line feed in text', named('a\nb'), MALFORMED],
    ['an escape that is none', named('\\x64rop'), MALFORMED],
    ['text', JSON.stringify(GET), MALFORMED],
    ['nothing', '', MALFORMED],
    ['a form', 'jsonrpc=2.0&id=1&method=tools/call', MALFORMED],
  ],
  size: [
    ['126 levels in arguments', given('get', `${'{"a":'.repeat(125)}1${'}'.repeat(125)}`), 'passed', 'passed'],
    ['one more than is read', given('get', `${'{"a":'.repeat(127)}1${'}'.repeat(127)}`), AMBIGUOUS],
    ['100,000 levels', given('get', `${'['.repeat(100_000)}${']'.repeat(100_000)}`), AMBIGUOUS],
    [
      '100,000 arguments',
      given('get', `{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":${n}`).join()}}`),
      'passed',
      'passed',
    ],
    [
      '100,000 arguments and a rule that reads them',
      given('deploy', `{"to":"x",${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1`).join()}}`),
      FORBIDDEN,
    ],
    [
      '100,000 members before the name',
      call(`{${Array.from({ length: 100_000 }, (_, n) => `"k${n}":1,`).join('')}"name":"drop"}`),
      HIDDEN,
    ],
    ['text of nearly 4 MiB', given('get', `{"a":"${'x'.repeat(4 * 1024 * 1024 - 200)}"}`), 'passed', 'passed'],
    ['text of 4 MiB', given('get', `{"a":"${'x'.repeat(4 * 1024 * 1024)}"}`), 'message_too_large'],
  ],
}

for (const [group, cases] of Object.entries(table)) {
  for (const [title, body, denying, allowing = denying] of cases) {
    test(`B-07e policy evasion, ${group}: ${title}`, async () => {
      assert.equal(await judged.verdictOn('denying', { body }), denying, 'where little is denied')
      assert.equal(await judged.verdictOn('allowing', { body }), allowing, 'where little is allowed')
    })
  }
}

test('no title is there twice, and the table is not shrinking', () => {
  const titles = Object.entries(table).flatMap(([group, cases]) => cases.map(([title]) => `${group}: ${title}`))
  assert.equal(new Set(titles).size, titles.length)
  assert.ok(titles.length >= 200, `${titles.length} cases`)
})
