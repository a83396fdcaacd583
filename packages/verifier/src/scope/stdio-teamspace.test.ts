import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { stdioTeamspace } from './stdio-teamspace.ts'

function askWith(env: Record<string, string>) {
  const warnings: string[] = []
  return { teamspaceId: stdioTeamspace(env, (warning) => warnings.push(warning)), warnings }
}

test('S4-50, S4 12 the teamspace of stdio is STDIO_TENANT_ID, and one loud warning names it', () => {
  const { teamspaceId, warnings } = askWith({ STDIO_TENANT_ID: 'acme' })
  assert.equal(teamspaceId, 'acme')
  assert.equal(warnings.length, 1)
  assert.match(warnings[0]!, /^WARNING: stdio is not for production.* "acme"/)
})

test('S4-50 unset, it is dev, and warns as well', () => {
  const { teamspaceId, warnings } = askWith({})
  assert.equal(teamspaceId, 'dev')
  assert.match(warnings.join(), /"dev"/)
})

test('S4-51 the warning goes to stderr; stdout is the protocol', async () => {
  const module = new URL('./stdio-teamspace.ts', import.meta.url).href
  const code = `import { stdioTeamspace } from '${module}'; stdioTeamspace({})`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])
  assert.equal(stdout, '')
  assert.match(stderr, /not for production/)
})

for (const STDIO_TENANT_ID of ['_admin', '_adminx', '', ' ', 'x'.repeat(257)]) {
  test(`S4-51 STDIO_TENANT_ID=${JSON.stringify(STDIO_TENANT_ID.slice(0, 10))} is refused, not replaced by dev`, () => {
    assert.throws(() => askWith({ STDIO_TENANT_ID }))
  })
}

test('S4-51 in production the teamspace is named, or there is none', () => {
  assert.throws(() => askWith({ NODE_ENV: 'production' }), /STDIO_TENANT_ID/)
  assert.equal(askWith({ NODE_ENV: 'production', STDIO_TENANT_ID: 'acme' }).warnings.length, 1)
})

test('a line break in the id cannot forge a line of the log', () => {
  assert.ok(!askWith({ STDIO_TENANT_ID: 'a\nb' }).warnings[0]!.includes('\n'))
})
