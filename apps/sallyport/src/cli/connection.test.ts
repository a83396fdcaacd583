import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ACME_TENANT, ANNA, API_APP } from '../teamspaces/acme.fixture.ts'
import { installation } from './installation.fixture.ts'

const ISSUER = 'https://id.acme.example/realms/staff'
const OIDC = ['--oidc', '--issuer', ISSUER]
const ENTRA = ['--entra', '--tenant', ACME_TENANT, '--audience', API_APP]

test('an OIDC connection is set up in words, and says what it does', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  const more = [
    '--audience',
    'https://mcp.example/mcp',
    '--scope',
    'mcp.access',
    '--subject-claim',
    'uid',
    '--groups-claim',
    'roles',
  ]
  const jit = ['--jit-claim', 'groups', '--jit-value', 'staff', 'admins', '--jit-role', 'developer']
  const { out, err } = await run('connection', 'set', 'acme', ...OIDC, ...more, '--provider', 'okta', ...jit)
  assert.equal(err, '')
  const says = [
    'People bring tokens for https://mcp.example/mcp with scope mcp.access.',
    'Claim uid identifies them.',
    'Claim roles names their groups.',
    'Whoever has staff or admins in groups becomes a member at the first call, as developer.',
  ]
  assert.deepEqual(out.split('\n'), ['Set the connection of acme.', ...says])
  const shown = await run('connection', 'show', 'acme')
  assert.deepEqual(shown.out.split('\n'), [`acme: OpenID Connect issuer ${ISSUER}`, ...says])
  const added = await run('member', 'add', 'acme', '--email', 'anna@acme.example', '--subject', '00u1')
  assert.equal(added.out, 'Added anna@acme.example to acme as developer.')
  assert.match((await run('connection', 'remove', 'acme')).out, /^Removed the oidc connection .* with it: 1\.$/)
})

test('where groups are read is set and said', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  const set = await run('connection', 'set', 'acme', ...ENTRA, '--groups', 'token')
  assert.match(set.out, /\nGroups are read in tokens only\.$/)
})

test('D-12 without --audience, the tokens are for the default server', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  const set = await run('connection', 'set', 'acme', ...OIDC, '--jit-anybody')
  assert.match(set.out, /People bring tokens for https?:\/\/\S+\/mcp, whatever their scope\./)
  assert.match(set.out, /Whoever signs in becomes a member at the first call, as developer\./)
})

test('a teamspace with several connections is asked which is meant', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  await run('connection', 'set', 'acme', ...ENTRA)
  await run('connection', 'set', 'acme', ...OIDC)
  for (const command of ['test', 'remove']) {
    assert.match((await run('connection', command, 'acme')).err, /several connections: say --kind entra or oidc$/)
  }
  assert.equal(
    (await run('connection', 'show', 'acme')).out.split('\n').filter((line) => /^acme:/.test(line)).length,
    2,
  )
  assert.match((await run('connection', 'show', 'acme', '--kind', 'oidc')).out, /^acme: OpenID Connect issuer/)
  assert.match((await run('connection', 'remove', 'acme', '--kind', 'oidc')).out, /^Removed the oidc connection/)
  assert.match((await run('connection', 'remove', 'acme', '--kind', 'oidc')).err, /has no oidc connection$/)
})

test('an issuer that may not do what it seems to is noted', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  const issuer = `https://login.microsoftonline.com/${ACME_TENANT}/v2.0`
  const set = await run('connection', 'set', 'acme', '--oidc', '--issuer', issuer, '--audience', API_APP)
  assert.match(set.out, /\nNote: This issuer is Microsoft Entra: .* go to the entra connection$/)
})

test('what the last test showed is said with the connection, until it is changed and beyond', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  const nowhere = ['connection', 'set', 'acme', '--oidc', '--issuer', 'https://127.0.0.1:1/', '--audience', API_APP]
  await run(...nowhere)
  const lastLine = async () => (await run('connection', 'show', 'acme')).out.split('\n').at(-1)
  assert.doesNotMatch((await lastLine())!, /tested/)
  assert.match((await run('connection', 'test', 'acme')).err, /^sallyport: unreachable: /)
  assert.match((await lastLine())!, /^Last tested \S+Z by operator: unreachable\.$/)
  await run(...nowhere)
  assert.match((await lastLine())!, /: unreachable; the connection was changed since\.$/)
})

test('options that would have no effect are refused, each in one line', async (t) => {
  const { run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  const set = ['connection', 'set', 'acme']
  const cases: [string[], RegExp][] = [
    [[...set, '--oidc', '--entra'], /Say which kind of connection/],
    [[...set, '--oidc'], /--oidc needs --issuer$/],
    [[...set, '--entra', '--audience', API_APP], /--entra needs --tenant$/],
    [[...set, ...OIDC, '--tenant', ACME_TENANT], /--tenant has no meaning with --oidc$/],
    [[...set, ...ENTRA, '--subject-claim', 'uid'], /--subject-claim has no meaning with --entra$/],
    [[...set, ...OIDC, '--groups', 'token'], /--groups has no meaning with --oidc$/],
    [[...set, ...ENTRA, '--groups-claim', 'x'], /--groups-claim has no meaning with --entra$/],
    [[...set, ...ENTRA, '--groups', 'names'], /Allowed choices are token, graph, token-then-graph/],
    [[...set, ...ENTRA, '--groups', 'graph'], /groups graph needs onBehalfOf/],
    [[...set, ...OIDC, '--jit-value', 'x'], /need --jit-claim or --jit-anybody$/],
    [[...set, ...OIDC, '--jit-claim', 'x', '--jit-anybody'], /exclude each other$/],
    [[...set, ...OIDC, '--jit-claim', 'groups'], /jit\.values needs at least one value/],
    [[...set, ...OIDC, '--jit-anybody', '--jit-role', 'owner'], /Allowed choices are admin, developer/],
    [[...set, '--oidc', '--issuer', 'http://id.example'], /issuer must be https/],
    [[...set, ...OIDC, '--provider', 'mars'], /provider must be one of auth0, clerk, /],
    [['member', 'add', 'acme', '--email', 'a@b.example', '--oid', ANNA, '--subject', 'x'], /by one of --oid/],
    [['member', 'add', 'acme', '--service-account', 'tools/scanner'], /Set a kubernetes connection/],
    [['member', 'add', 'acme', '--subject', 'x'], /email is needed/],
  ]
  for (const [args, expected] of cases) {
    const { code, out, err } = await run(...args)
    assert.notEqual(code, 0, args.join(' '))
    assert.match(err, expected)
    assert.ok(out === '' && !err.includes('\n'), err)
  }
})
