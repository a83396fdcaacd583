import assert from 'node:assert/strict'
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { installation } from './installation.fixture.ts'

const HEAD = /\b(\d+):(2\.[\w-]{43})$/

test('B-27 audit verify prints each chain with its head, finds what was altered, and its exit code says so', async (t) => {
  const { folder, run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  await run('teamspace', 'create', 'globex')
  await run('token', 'mint', 'acme', '--name', 'one')
  const whole = await run('audit', 'verify')
  assert.deepEqual([whole.code, whole.err], [0, ''])
  assert.match(whole.out, /^acme\twhole\t2 rows\t2:2\.[\w-]{43}$/m)
  assert.match(whole.out, /^globex\twhole\t1 rows\t1:/m)

  const [, seq, hash] = HEAD.exec((await run('audit', 'verify', '--teamspace', 'acme')).out)!
  assert.equal((await run('audit', 'verify', '--expect', `acme=${seq}:${hash}`)).code, 0)
  await run('token', 'mint', 'acme', '--name', 'two')
  assert.equal((await run('audit', 'verify', '--expect', `acme=${seq}:${hash}`)).code, 0)
  const other = await run('audit', 'verify', '--expect', `acme=${seq}:${'x'.repeat(43)}`)
  assert.deepEqual([other.code, /row 2 is not the one that was expected/.test(other.out)], [1, true])
  const later = await run('audit', 'verify', '--expect', `acme=9:${hash}`)
  assert.match(later.out, /it ends at row 3, but row 9 was expected/)
  assert.equal((await run('audit', 'verify', '--expect', `gone=1:${hash}`)).code, 1)

  const database = new DatabaseSync(path.join(folder, 'sallyport.db'))
  database.exec(`update audit set event = replace(event, 'one', 'two') where seq = 2`)
  database.close()
  const altered = await run('audit', 'verify', '--json')
  assert.equal(altered.code, 1)
  const chains = JSON.parse(altered.out) as { chain: string; isWhole: boolean; problem?: string }[]
  assert.deepEqual(chains.map(({ chain, isWhole }) => [chain, isWhole]).sort(), [
    ['acme', false],
    ['globex', true],
  ])
  assert.match(
    chains.find(({ chain }) => chain === 'acme')!.problem!,
    /^row 2 \([0-9a-f-]{36}\) is not what was written there/,
  )
})

test('a teamspace whose chain was removed is missed', async (t) => {
  const { folder, run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  const database = new DatabaseSync(path.join(folder, 'sallyport.db'))
  database.exec('delete from audit; delete from audit_chain')
  database.close()
  const verified = await run('audit', 'verify')
  assert.deepEqual([verified.code, /acme\tBROKEN/.test(verified.out)], [1, true])
})

test('B-27, B-36 audit export writes a teamspace or all, as JSON Lines or CEF, to a private file', async (t) => {
  const { folder, run } = await installation(t)
  await run('teamspace', 'create', 'acme')
  await run('teamspace', 'create', 'globex')
  const all = (await run('audit', 'export', '--all')).out.split('\n').map((line) => JSON.parse(line))
  assert.deepEqual(
    all.map(({ action, seq }) => [action, seq]),
    [
      ['teamspace.create', 1],
      ['teamspace.create', 1],
    ],
  )
  const out = path.join(folder, 'audit.cef')
  assert.equal((await run('audit', 'export', '--teamspace', 'acme', '--format', 'cef', '--out', out)).code, 0)
  assert.match(
    await readFile(out, 'utf8'),
    /^CEF:0\|Sallyport\|Sallyport\|1\|teamspace\.create\|Change: teamspace\.create\|3\|.*\n$/,
  )
  assert.equal((await stat(out)).mode & 0o777, 0o600)
  assert.match((await run('audit', 'export', '--all', '--out', out)).err, /it is there already/)
  assert.equal((await run('audit', 'export', '--all', '--until', '2020-01-01')).out, '')
  assert.equal((await run('audit', 'export', '--all', '--since', '2020-01-01')).out.split('\n').length, 2)
  assert.match((await run('audit', 'export', '--all', '--since', 'x')).err, /must be a time/)
  assert.match((await run('audit', 'export')).err, /either --teamspace or --all/)
  assert.match((await run('audit', 'export', '--teamspace', 'nobody')).err, /no such teamspace/)
})
