import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { RAW } from '../apim/inputs.fixture.ts'
import { ARTEFACT_NAMES } from '../apim/render.ts'
import { loadConfig } from '../config/load-config.ts'
import { runCli } from './run-cli.ts'

const INPUTS = {
  '--tenant': RAW.tenant,
  '--gateway-client-id': RAW.gatewayClientId,
  '--api-client-id': RAW.apiClientId,
  '--host': RAW.host,
  '--backend': RAW.backend,
  '--publisher-email': RAW.publisherEmail,
  '--publisher-name': RAW.publisherName,
}

async function renderer(t: TestContext) {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-apim-cli-'))
  t.after(() => rm(folder, { recursive: true }))
  const out = path.join(folder, 'made', 'apim')
  async function render(changes: Readonly<Record<string, string>> = {}, ...flags: string[]) {
    const lines = { out: [] as string[], err: [] as string[] }
    const args = Object.entries({ ...INPUTS, '--out': out, ...changes }).flat()
    const code = await runCli(['apim', 'render', ...args, ...flags], {
      env: {},
      loadConfig,
      fetch: () => assert.fail('rendering asks nobody'),
      now: Date.now,
      out: (line) => lines.out.push(line),
      err: (line) => lines.err.push(line),
    })
    return { code, out: lines.out.join('\n'), err: lines.err.join('\n') }
  }
  return { out, render, files: async () => (await readdir(out)).sort() }
}

test('S2 15 apim render writes every file, says which and what is next', async (t) => {
  const { out, render, files } = await renderer(t)
  const { code, out: said, err } = await render()
  assert.deepEqual([code, err], [0, ''])
  assert.deepEqual(await files(), [...ARTEFACT_NAMES].sort())
  for (const name of ARTEFACT_NAMES) assert.ok(said.includes(`Wrote ${path.join(out, name)}`))
  assert.match(said, /Next: GATEWAY_SECRET_FILE=gateway\.secret .*deploy\.sh/)
  assert.equal((await stat(path.join(out, 'deploy.sh'))).mode & 0o700, 0o700)
})

test('what is there is kept unless --force is given, and then no file of the other shape stays', async (t) => {
  const { out, render, files } = await renderer(t)
  await render()
  const mine = path.join(out, 'policy.xml')
  await writeFile(mine, 'changed by hand')
  const again = await render({}, '--faithful')
  assert.equal(again.code, 1)
  assert.match(again.err, /is there already; nothing was written/)
  assert.equal(await readFile(mine, 'utf8'), 'changed by hand')
  await writeFile(path.join(out, 'notes.txt'), 'kept')
  const forced = await render({}, '--faithful', '--force', '--json')
  assert.equal(JSON.parse(forced.out).files.length, ARTEFACT_NAMES.length - 1)
  assert.match(await readFile(mine, 'utf8'), /^<policies>/)
  assert.deepEqual(await files(), [...ARTEFACT_NAMES, 'notes.txt'].filter((name) => name !== 'token-policy.xml').sort())
})

test('A-44 wrong inputs are named by their options, all at once, and nothing is written', async (t) => {
  const { out, render } = await renderer(t)
  const { code, err } = await render({
    '--tenant': '"])@(',
    '--host': 'https://acme.azure-api.net',
    '--publisher-name': "'''\n",
  })
  assert.equal(code, 1)
  assert.match(
    err,
    /^sallyport: --tenant must be a GUID\n--host must be a host name alone.*\n--publisher-name must be one line/,
  )
  await assert.rejects(readdir(out))
  assert.equal((await render({ '--cloud': 'moon' })).code, 1)
})
