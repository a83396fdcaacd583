import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDatabaseUrl } from './database-url.ts'

test('a database URL names an engine and where it is', () => {
  assert.deepEqual(parseDatabaseUrl('sqlite:data/a.db'), { engine: 'sqlite', path: 'data/a.db' })
  assert.deepEqual(parseDatabaseUrl('sqlite:/data/a.db'), { engine: 'sqlite', path: '/data/a.db' })
  assert.deepEqual(parseDatabaseUrl('sqlite::memory:'), { engine: 'sqlite', path: ':memory:' })
  for (const url of ['postgres://u:p@h/d', 'postgresql://h/d']) {
    assert.deepEqual(parseDatabaseUrl(url), { engine: 'postgres', url })
  }
})

test('any other URL is refused without repeating the password in it', () => {
  for (const url of ['', 'sqlite:', 'sqlite://a.db', 'mysql://u:hunter2@h/d', 'postgres:hunter2', 'a.db']) {
    assert.throws(
      () => parseDatabaseUrl(url),
      ({ message }: Error) => /must be sqlite:PATH/.test(message) && !message.includes('hunter2'),
    )
  }
})
