import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { parse } from 'yaml'
import { installation } from './installation.fixture.ts'

async function installationOfAcme(t: TestContext) {
  const installed = await installation(t)
  await installed.run('teamspace', 'create', 'acme')
  const write = async (name: string, text: string) => {
    const file = path.join(installed.folder, name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, text)
    return file
  }
  return { ...installed, write }
}

const POLICY = `default: deny
rules:
  - { name: reads, effect: allow, classes: [read] }
  - { name: no live, effect: deny, tools: ['deploy*'], when: 'args.to == "live"' }
`

test('a policy is set from a file, shown as it was set, changed and removed', async (t) => {
  const { run, write } = await installationOfAcme(t)
  assert.match((await run('policy', 'show', 'acme')).out, /# Policy of acme; none was saved.*\ndefault: allow members/)
  const file = await write('policy.yaml', POLICY)
  const first = await run('policy', 'set', 'acme', file)
  assert.equal(
    first.out,
    'Set the policy of acme: version 1.\ndefault: allow members → deny\nadded: reads\nadded: no live',
  )
  assert.match((await run('policy', 'set', 'acme', file)).out, /^acme has this policy already: version 1\.$/)

  const shown = await run('policy', 'show', 'acme')
  assert.match(shown.out, /^# Policy of acme; version 1, saved .* by operator\n/)
  assert.deepEqual(parse(shown.out), parse(POLICY))
  const json = await run('policy', 'show', 'acme', '--json')
  assert.deepEqual(JSON.parse(json.out), parse(POLICY))

  const next = json.out.replace('reads', 'lists').replace('live\\"', 'prod\\"')
  const changed = await write('next.json', next)
  const second = await run('policy', 'set', 'acme', changed)
  assert.equal(second.out, 'Set the policy of acme: version 2.\nadded: lists\nchanged: no live\nremoved: reads')
  const warned = await run(
    'policy',
    'set',
    'acme',
    await write('w.yaml', `${POLICY}  - { name: x, effect: deny, servers: [nowhere] }\n`),
  )
  assert.match(warned.out, /\nNote: rule x: no server is called nowhere$/)
  assert.equal((await run('policy', 'remove', 'acme')).out, 'Removed the policy of acme.')
  assert.equal((await run('policy', 'remove', 'acme')).out, 'acme has no policy.')
})

test('a policy that cannot be set is refused with the place of each fault', async (t) => {
  const { run, write } = await installationOfAcme(t)
  const cases = [
    ['default: deny\nrules:\n  - { name: a, effect: alow }\n', 2, /rules\.0\.effect must be one of allow, deny$/],
    ['default: deny\nrules:\n  - { name: a, effect: allow, wen: x }\n', 2, /rules\.0\.wen is not known here$/],
    [
      'default: deny\nrules:\n  - { name: a, effect: allow, when: "args.x.matches(\'a\')" }\n',
      2,
      /rules\.0\.when matches\(\) cannot be used/,
    ],
    ['default: deny\nrules: [', 2, /line 2: /],
    ['default: deny\ndefault: allow members\nrules: []', 2, /line 2: .*unique/],
    ['default: deny\na: &a [x]\nrules: [*a, *a]', 2, /aliases/],
    [`default: deny\nrules: []\n${'#'.repeat(256 * 1024)}`, 2, /larger than/],
    [
      'default: deny\nrules:\n  - { name: a, effect: deny, who: { members: [no@acme.example] } }\n',
      1,
      /rules\.0\.who\.members\.0 is no member/,
    ],
  ] as const
  for (const [text, code, says] of cases) {
    const answer = await run('policy', 'set', 'acme', await write('p.yaml', text))
    assert.match(answer.err, says)
    assert.deepEqual([answer.code, answer.out], [code, ''])
  }
  const missing = await run('policy', 'set', 'acme', 'nowhere.yaml')
  assert.deepEqual([missing.code, missing.err], [2, 'sallyport: nowhere.yaml: cannot be read (ENOENT)'])
})

const CASES = `policy: policies/acme.yaml
cases:
  - { name: reading is fine, server: findings, tool: get, class: read, expect: allowed, rule: reads }
  - { server: findings, tool: deploy, class: read, args: { to: live }, expect: denied, rule: no live }
  - { server: findings, tool: drop, expect: hidden }
`

test('cases are tried without a server, a database or a configuration', async (t) => {
  const { run, write, config } = await installationOfAcme(t)
  await write('policies/acme.yaml', POLICY)
  const file = await write('cases.yaml', CASES)
  await writeFile(config, 'not: a configuration')
  const passed = await run('policy', 'test', file)
  assert.deepEqual([passed.code, passed.err], [0, ''])
  assert.deepEqual(passed.out.split('\n'), [
    'ok reading is fine: allowed by rule reads',
    'ok case 2: findings deploy: denied by rule no live',
    'ok case 3: findings drop: hidden by default',
    '3 cases, as expected.',
  ])
  const open = await write('open.yaml', 'default: allow members\nrules: []\n')
  const failed = await run('policy', 'test', file, '--policy', open)
  assert.deepEqual([failed.code, failed.err], [1, 'sallyport: 3 of 3 cases failed'])
  assert.match(failed.out, /^FAIL reading is fine: expected allowed by reads, got allowed by default$/m)
  assert.match(failed.out, /^FAIL case 3: findings drop: expected hidden, got allowed by default$/m)
  const json = await run('policy', 'test', file, '--json')
  assert.deepEqual(JSON.parse(json.out)[0], { result: 'allowed', by: 'rule reads', passed: true })
})

test('cases name people and tokens as they are called, and are tried on the saved policy too', async (t) => {
  const { run, write } = await installationOfAcme(t)
  const minted = JSON.parse((await run('token', 'mint', 'acme', '--name', 'ci', '--json')).out)
  const policy = `default: deny\nrules:\n  - { name: ci, effect: allow, tools: ['*'], who: { tokens: [ci] } }\n`
  const file = await write(
    'cases.yaml',
    `policy: ${JSON.stringify(parse(policy))}\ncases:
  - { server: findings, tool: get, caller: { token: ci }, expect: allowed }
  - { server: findings, tool: get, expect: hidden }
`,
  )
  assert.equal((await run('policy', 'test', file)).code, 0)
  assert.equal((await run('policy', 'test', file, '--teamspace', 'acme')).code, 1, 'nothing is saved yet')
  await run('policy', 'set', 'acme', await write('p.yaml', policy))
  assert.match((await run('policy', 'show', 'acme')).out, new RegExp(minted.id))
  const saved = await run('policy', 'test', file, '--teamspace', 'acme')
  assert.deepEqual([saved.code, saved.err], [0, ''])
  const members = await write(
    'm.yaml',
    `policy: { default: deny, rules: [{ name: ada, effect: allow, who: { members: [' Ada@acme.example'] } }] }
cases: [{ server: s, tool: t, caller: { member: ada@ACME.example }, expect: allowed }]`,
  )
  assert.equal((await run('policy', 'test', members)).code, 0)
})

test('a file of cases that cannot be read is code 2, and says where', async (t) => {
  const { run, write } = await installationOfAcme(t)
  const bad = [
    ['cases: []', /cases must be at least 1 of them/],
    ['cases: [{ server: s, tool: t }]', /names no policy/],
    ['policy: gone.yaml\ncases: [{ server: s, tool: t }]', /gone\.yaml: cannot be read \(ENOENT\)/],
    ['policy: { default: deny }\ncases: [{ server: s, tool: t }]', /policy\.rules is needed/],
    [
      'policy: { default: deny, rules: [] }\ncases: [{ server: s, tool: t, expct: x }]',
      /cases\.0\.expct is not known here/,
    ],
    ['policy: { default: deny, rules: [] }\ncases: [{ server: s }]', /cases\.0 needs a tool/],
    [
      'policy: { default: deny, rules: [] }\ncases: [{ server: s, tool: t, caller: { role: boss } }]',
      /cases\.0\.caller\.role must be one of/,
    ],
    ['cases: {', /line 1/],
  ] as const
  for (const [text, says] of bad) {
    const answer = await run('policy', 'test', await write('c.yaml', text))
    assert.match(answer.err, says)
    assert.deepEqual([answer.code, answer.out], [2, ''], text)
  }
  assert.equal((await run('policy', 'test', 'nowhere.yaml')).code, 2)
  assert.equal((await run('policy', 'test', 'nowhere.yaml', '--policy', 'x', '--teamspace', 'acme')).code, 2)
})
