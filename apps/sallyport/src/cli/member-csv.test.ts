import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { ACME_TENANT, ANNA, API_APP, BERT } from '../teamspaces/acme.fixture.ts'
import { installation } from './installation.fixture.ts'

const TWO = `email,object_id,role,display_name\r\nanna@acme.example,${ANNA},,Anna\r\nbert@acme.example,${BERT},,\r\n`

test('B-01 member import says problems first, writes as it was told to, and its exit code says when a row was not taken', async (t) => {
  const { folder, run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  await run('connection', 'set', 'acme', '--entra', '--tenant', ACME_TENANT, '--audience', API_APP)
  const file = path.join(folder, 'people.csv')
  await writeFile(file, TWO)
  const load = (...flags: string[]) => run('member', 'import', 'acme', file, ...flags)

  assert.match((await load()).err, /Say one of --dry-run, --all-or-nothing and --each-row$/)
  assert.match((await load('--dry-run', '--each-row')).err, /Say one of/)
  const tried = await load('--dry-run')
  assert.deepEqual([tried.code, tried.err], [0, ''])
  assert.equal(tried.out, 'acme: 2 added. Nothing was written: this was a dry run.')
  assert.equal((await load('--all-or-nothing')).out.split('\n').at(-1), 'acme: 2 added. Written.')
  assert.match((await load('--each-row')).out, /acme: 2 already\. Written\.$/)

  await writeFile(file, `${TWO}carl@acme.example,nobody,,\r\ndora@acme.example,${ANNA.replace('1', '9')},owner,\r\n`)
  const bad = await load('--all-or-nothing')
  assert.deepEqual([bad.code, bad.err], [1, 'sallyport: 2 of 4 rows not taken'])
  const [carl, dora, last] = bad.out.split('\n')
  assert.match(carl!, /^line 4\tcarl@acme\.example\tinvalid\tobject_id must be the GUID/)
  assert.equal(dora, 'line 5\tdora@acme.example\tforbidden\tthe role owner is given only when roles are allowed')
  assert.equal(last, 'acme: 2 already, 1 invalid, 1 forbidden. Nothing was written.')
  const { counts, results, written } = JSON.parse((await load('--each-row', '--allow-roles', '--json')).out)
  assert.deepEqual([counts.added, counts.invalid, results.length, written], [1, 1, 4, true])

  await writeFile(file, 'email;object_id\n')
  assert.equal((await load('--dry-run')).err, 'sallyport: The file is separated by semicolons; separate it by commas')
  assert.match((await run('member', 'import', 'nobody', file, '--dry-run')).err, /There is no such teamspace$/)
  const missing = await run('member', 'import', 'acme', `${file}.none`, '--dry-run')
  assert.deepEqual([missing.code, /cannot be read \(ENOENT\)$/.test(missing.err)], [2, true])
})

test('B-01 member import says on the way how far it is, so that 10,000 rows are no silence', async (t) => {
  const { folder, run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  await run('connection', 'set', 'acme', '--entra', '--tenant', ACME_TENANT, '--audience', API_APP)
  const file = path.join(folder, 'people.csv')
  const rows = Array.from({ length: 10_000 }, (_, index) => `p${index}@acme.example,${randomUUID()}`)
  await writeFile(file, ['email,object_id', ...rows].join('\n'))
  const { code, out, err } = await run('member', 'import', 'acme', file, '--each-row')
  assert.deepEqual([code, out], [0, 'acme: 10000 added. Written.'])
  assert.deepEqual(
    err.split('\n'),
    [2_000, 4_000, 6_000, 8_000].map((done) => `${done} of 10000 rows`),
  )
})

test('B-01 member export writes a private file that import takes', async (t) => {
  const { folder, run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  await run('connection', 'set', 'acme', '--entra', '--tenant', ACME_TENANT, '--audience', API_APP)
  await run('member', 'add', 'acme', '--email', '+anna@acme.example', '--oid', ANNA)
  const file = path.join(folder, 'people.csv')
  assert.equal((await run('member', 'export', 'acme', '--out', file)).code, 0)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const text = await readFile(file, 'utf8')
  assert.match(text, /^email,.*\r\n'\+anna@acme\.example,/)
  assert.equal(`${(await run('member', 'export', 'acme')).out}\n`, text.replaceAll('\r\n', '\n'))
  await run('member', 'remove', 'acme', '+anna@acme.example')
  assert.match((await run('member', 'import', 'acme', file, '--all-or-nothing')).out, /^acme: 1 added\. Written\.$/)
  assert.match((await run('member', 'export', 'acme', '--out', file)).err, /it is there already/)
  assert.match((await run('member', 'export', 'nobody')).err, /There is no such teamspace$/)
})
