import assert from 'node:assert/strict'
import { test } from 'node:test'
import { stripVTControlCharacters } from 'node:util'
import { loadDemoDirectory } from '../demo/demo-directory.ts'
import { portsFrom } from '../demo/demo-ports.ts'
import { describeDemo } from '../demo/describe-demo.ts'
import { welcome } from './demo-welcome.ts'

const { tenants } = await loadDemoDirectory()
const secret = 'S'.repeat(43)
const secrets = { operatorToken: secret, mcpToken: `mcpt_${secret}`, gatewaySecret: secret, clusterAdmin: secret }
const welcomeTo = (data: string, portBase = 8080) =>
  welcome(
    describeDemo(portsFrom(portBase), tenants, secrets, `${data}/crawler.token`),
    data,
    `http://127.0.0.1:${portBase + 1}/bootstrap#${'L'.repeat(43)}`,
  ).map((line) => stripVTControlCharacters(line))

test('the welcome is one screen of 45 lines and 100 columns, also with ports of five digits', () => {
  const lines = welcomeTo('.sallyport', 65_000)
  assert.ok(lines.length <= 45, `${lines.length} lines`)
  assert.deepEqual(
    lines.filter((line) => line.length > 100),
    [],
  )
})

test('it has an address and what to paste for each way in, and no secret but the MCP token', () => {
  const text = welcomeTo('.sallyport').join('\n')
  for (const address of ['/findings/mcp', '/t/initech/scanner/mcp', '/scanner/mcp', '/t/globex/scanner/mcp']) {
    assert.ok(text.includes(`http://127.0.0.1:8080${address}\n`), address)
  }
  assert.equal(text.split(secret).length, 2)
  assert.ok(text.includes(`Authorization: Bearer mcpt_${secret}\n`))
  assert.ok(text.includes('Authorization: Bearer $(cat .sallyport/crawler.token)'))
  assert.ok(text.includes('X-Gateway-Secret: $(cat .sallyport/gateway.secret)'))
})

test('it begins with the console: for an owner with their password, for the operator with the link', () => {
  const [address, asOwner, , link] = welcomeTo('.sallyport').slice(4)
  assert.match(address!, /address +http:\/\/127\.0\.0\.1:8081 /)
  assert.match(asOwner!, /as owner of acme +ada@acme\.example +ada-password,/)
  assert.match(link!, /^ {4}http:\/\/127\.0\.0\.1:8081\/bootstrap#L{43}$/)
})

test('what it has for a shell is one word of the shell, whatever the folder is called', () => {
  const text = welcomeTo("it's here; really").join('\n')
  assert.ok(text.includes(`npm run tour -- --data 'it'\\''s here; really'\n`))
  assert.ok(text.includes(`$(cat 'it'\\''s here; really/gateway.secret')`))
})
