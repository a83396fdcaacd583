import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bicepTokens } from './bicep.fixture.ts'
import { parseXml } from './xml.fixture.ts'

test('A-55 the XML reader of these tests refuses what is not well-formed, such as a placeholder of the guide', () => {
  const wrong = [
    ...['<a>', '<a></b>', '<a b="<"/>', '<a b="1" b="2"/>', '<a b=1/>', '<a>&x;</a>', '<a>&</a>', '<a/><b/>', 'x<a/>'],
    ...[
      '<a><!-- a -- b --></a>',
      '<a>\0</a>',
      '<a>text<b/></a>',
      '<a><![CDATA[x]]></a>',
      '<a>https://<your-apim-host>/</a>',
    ],
  ]
  for (const source of wrong) assert.throws(() => parseXml(source), SyntaxError, source)
  const { attributes, children, text } = parseXml('<a b="&quot;&lt;"><!-- c --><d>x &amp; y</d></a>\n')
  assert.deepEqual([attributes.b, children[0]?.text, text], ['"<', 'x & y', ''])
})

test('the Bicep reader of these tests refuses interpolation, long strings and what stays open', () => {
  for (const source of ["'${x}'", "'''x'''", "'a'b'", "'a\n'", '{', '}', '{)', "'\\x'", '"a"', 'a;b']) {
    assert.throws(() => bicepTokens(source), SyntaxError, source)
  }
  assert.deepEqual(bicepTokens("a: 'it\\'s \\${x}' // b"), ['a', ':', "'it's ${x}"])
})
