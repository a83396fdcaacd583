import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bashRefuses, shellCheckSays } from './bash.fixture.ts'
import { readBicep } from './bicep-grammar.fixture.ts'
import { bicepTokens } from './bicep.fixture.ts'
import { parseXml } from './xml.fixture.ts'

test('A-55 the XML reader of these tests refuses what is not well-formed, such as a placeholder of the guide', () => {
  const wrong = [
    ...['', '<a>', '<a></b>', '<a b="<"/>', '<a b="1" b="2"/>', '<a b=1/>', '<a b/>', '<a b="1"c="2"/>'],
    ...['<a>&x;</a>', '<a>&</a>', '<a b="&"/>', '<a b="&#1;"/>', '<a/><b/>', 'x<a/>', '<a>]]></a>'],
    ...['<a><!-- a -- b --></a>', '<a>\0</a>', '<a>\u0007</a>', '<a>\ud800</a>', '<a b="\ufffe"/>'],
    ...['<a>text<b/></a>', '<a><![CDATA[x]]></a>', '<!DOCTYPE a><a/>', '<?xml version="1.0"?><a/>'],
    '<a>https://<your-apim-host>/</a>',
  ]
  for (const source of wrong) assert.throws(() => parseXml(source), source)
  const { attributes, children, text } = parseXml('<a b="&quot;&lt;"><!-- c --><d>x &amp; y\u2028</d></a>\n')
  assert.deepEqual([attributes.b, children[0]?.text, text], ['"<', 'x & y', ''])
})

test('bash and ShellCheck, as these tests ask them, find the one script that is wrong', async () => {
  const found = bashRefuses(['echo 1\n', "echo 'open\n", 'echo 2\n'])
  assert.equal(found.length, 1)
  assert.match(found[0]!, /unexpected EOF[^]*echo 'open/)
  const says = await shellCheckSays('#!/usr/bin/env bash\nrm -r $1\n')
  assert.deepEqual(says, ['line 2: SC2086 Double quote to prevent globbing and word splitting.'])
})

test('the Bicep reader of these tests refuses interpolation, long strings and what stays open', () => {
  for (const source of ["'${x}'", "'''x'''", "'a'b'", "'a\n'", '{', '}', '{)', "'\\x'", '"a"', 'a;b']) {
    assert.throws(() => bicepTokens(source), SyntaxError, source)
  }
  assert.deepEqual(bicepTokens("a: 'it\\'s \\${x}' // b"), ['a', ':', "'it's ${x}"])
})

test('the grammar of Bicep refuses what no compiler would take', () => {
  for (const source of ["param x string = 'it's'", "param x string = '\\x'", "resource a 'b' = {", 'x y z']) {
    assert.throws(() => readBicep(source), SyntaxError, source)
  }
  assert.deepEqual(readBicep("param x string = 'it\\'s'\n").strings, ["it\\'s"])
})
