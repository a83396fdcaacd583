import assert from 'node:assert/strict'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { hashMcpToken } from '@sallyport/verifier'
import { installation } from './installation.fixture.ts'

/** With a teamspace made. */
async function installationOfAcme(t: TestContext) {
  const installed = await installation(t)
  await installed.run('teamspace', 'create', 'acme')
  return installed
}

const TOKEN = /\bmcpt_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])/

test('a token is minted, shown once, listed without itself, rotated and revoked', async (t) => {
  const { run } = await installationOfAcme(t)
  assert.equal((await run('token', 'list', 'acme')).out, 'acme has no MCP tokens yet.')
  const minted = await run(
    'token',
    'mint',
    'acme',
    '--name',
    'Claude Desktop',
    '--role',
    'admin',
    '--expires-in-days',
    '3',
  )
  assert.deepEqual([minted.code, minted.err], [0, ''])
  const token = TOKEN.exec(minted.out)![0]
  assert.match(minted.out, /"Claude Desktop".*it will not be shown again/)
  assert.match(minted.out, /No server takes MCP tokens yet: add Token to its auth/)

  const listed = await run('token', 'list', 'acme')
  assert.match(
    listed.out,
    new RegExp(`\t${token.slice(0, 12)}…\tClaude Desktop\tadmin\tall tools\tnever used, ends soon: .*\tby operator$`),
  )
  const json = await run('token', 'list', 'acme', '--json')
  for (const { out } of [listed, json]) assert.ok(!out.includes(token) && !out.includes(hashMcpToken(token)))
  const [{ id }] = JSON.parse(json.out)

  const rotated = await run('token', 'rotate', 'acme', id, '--grace-hours', '0')
  assert.match(rotated.out, TOKEN)
  assert.match(rotated.out, /The token before ended\.$/)
  assert.match((await run('token', 'rotate', 'acme', id)).err, /was rotated already/)
  assert.equal((await run('token', 'revoke', 'acme', id)).out, `Revoked MCP token ${id} of acme.`)
  const states = JSON.parse((await run('token', 'list', 'acme', '--json')).out).map(({ revoked }: any) => revoked)
  assert.deepEqual(states.sort(), [false, true])
})

test('minting prints the configuration of a client for each server that takes tokens', async (t) => {
  const { config, run } = await installationOfAcme(t)
  const text = await readFile(config, 'utf8')
  await writeFile(
    config,
    text.replace('    outbound: { kind: none }', '    auth: [Token]\n    outbound: { kind: none }'),
  )
  const { out } = await run('token', 'mint', 'acme', '--name', 'ci')
  const token = TOKEN.exec(out)![0]
  const snippet = JSON.parse(out.slice(out.indexOf('{')))
  assert.deepEqual(snippet, {
    mcpServers: {
      example: {
        type: 'http',
        url: 'http://127.0.0.1:8080/example/mcp',
        headers: { Authorization: `Bearer ${token}` },
      },
    },
  })
})

test('B-07 a token is minted for the scopes that are given, which the list shows, and a wrong one is named', async (t) => {
  const { run } = await installationOfAcme(t)
  const mint = (...scopes: string[]) =>
    run('token', 'mint', 'acme', '--name', 'ci', ...scopes.flatMap((scope) => ['--scope', scope]))
  assert.equal((await mint('read', 'tool:add', 'server:example')).code, 0)
  const listed = await run('token', 'list', 'acme')
  assert.match(listed.out, /\tdeveloper\tclass:read tool:add server:example\tnever used\t/)
  const { code, err } = await mint('read', 'tool:*')
  assert.equal(code, 1)
  assert.match(err, /"tool:\*" is not a scope: say tools:\* for all tools/)
})

test('what the configuration forbids and what does not exist is said in one line', async (t) => {
  const { config, run } = await installationOfAcme(t)
  await appendFile(config, '\nlimits: { mcpTokens: 1, mcpTokenMaxDays: 30 }\n')
  const cases = [
    [['mint', 'acme', '--name', 'x'], /Say when the token ends: here they live for at most 30 days$/],
    [['mint', 'acme', '--name', 'x', '--expires-in-days', '31'], /at most 30 days$/],
    [['mint', 'acme', '--name', 'x', '--expires-in-days', 'soon'], /Not a number/],
    [['mint', 'nowhere', '--name', 'x', '--expires-in-days', '1'], /There is no such teamspace$/],
    [['revoke', 'acme', 'aaaaaaaa-0000-4000-8000-00000000dead'], /There is no such MCP token$/],
    [['revoke', 'acme', '..'], /nobody's name$/],
    [['list', 'nowhere'], /There is no such teamspace$/],
  ] as const
  for (const [args, says] of cases) {
    const { code, out, err } = await run('token', ...args)
    assert.deepEqual([code, out], [1, ''], args.join(' '))
    assert.match(err, says)
  }
  assert.equal((await run('token', 'mint', 'acme', '--name', 'x', '--expires-in-days', '30')).code, 0)
  assert.match(
    (await run('token', 'mint', 'acme', '--name', 'y', '--expires-in-days', '30')).err,
    /has 1 active MCP tokens/,
  )
})
