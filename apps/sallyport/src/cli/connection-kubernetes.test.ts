import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { loadConfig } from '../config/load-config.ts'
import { runCli } from './run-cli.ts'

test('a cluster is connected, tested, shown and removed, each command saying what it did', async (t) => {
  await using api = await startKubernetesEmulator()
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-cli-'))
  t.after(() => rm(folder, { recursive: true }))
  const config = path.join(folder, 'sallyport.yaml')
  await writeFile(path.join(folder, 'token'), api.reviewer())
  await writeFile(
    config,
    `publicUrl: http://127.0.0.1:8080
clusters: { prod: { server: '${api.url}', tokenFile: token } }
servers: { k8s: { path: /mcp, upstream: 'http://127.0.0.1:1/mcp', auth: Kubernetes, outbound: { kind: none } } }
`,
  )
  const run = async (...args: string[]) => {
    const lines: string[] = []
    const out = (line: string) => void lines.push(line)
    const terminal = { env: {}, loadConfig, fetch, now: Date.now, out, err: out }
    return { code: await runCli([...args, '--config', config], terminal), said: lines.join('\n') }
  }
  await run('teamspace', 'create', 'acme')
  const flags = ['--kubernetes', '--cluster', 'prod', '--jit-claim', 'namespace', '--jit-value', 'ci']
  assert.equal(
    (await run('connection', 'set', 'acme', ...flags)).said,
    `Set the connection of acme.
People bring tokens for http://127.0.0.1:8080/t/acme/mcp, whatever their scope.
Service accounts are verified by TokenReview.
Whoever has ci in namespace becomes a member at the first call, as developer.`,
  )
  assert.equal(
    (await run('connection', 'test', 'acme')).said,
    'ok: cluster prod: the API server reviews tokens for us.',
  )
  api.failWith(403)
  const denied = await run('connection', 'test', 'acme')
  assert.equal(denied.code, 1)
  assert.match(denied.said, /system:auth-delegator/)
  assert.match(
    (await run('member', 'add', 'acme', '--service-account', 'ci/deployer')).said,
    /deployer\.ci@prod\.kubernetes/,
  )
  const issuer = ['--cluster-issuer', api.issuer, '--verify', 'both', '--accept-users']
  const both = (await run('connection', 'set', 'acme', '--kubernetes', '--cluster', 'prod', ...issuer)).said
  assert.ok(both.includes(`Service accounts and users are verified by the keys of ${api.issuer}, and by TokenReview.`))
  for (const [args, says] of [
    [['--kubernetes'], /--kubernetes needs --cluster/],
    [['--kubernetes', '--cluster', 'other'], /must be one of prod/],
    [
      ['--kubernetes', '--cluster', 'prod', '--issuer', 'https://x.example'],
      /--issuer has no meaning with --kubernetes/,
    ],
    [['--kubernetes', '--cluster', 'prod', '--allowed-client', 'x'], /--allowed-client has no meaning/],
  ] as const) {
    const { code, said } = await run('connection', 'set', 'acme', ...args)
    assert.equal(code, 1)
    assert.match(said, says)
  }
  assert.match((await run('connection', 'remove', 'acme')).said, /members removed with it: 1/)
})
