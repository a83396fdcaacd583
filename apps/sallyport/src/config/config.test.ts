import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { ConfigInvalid } from './config-invalid.ts'
import { loadConfig } from './load-config.ts'
import { parseConfigFile } from './parse-config-file.ts'
import { configFileSchema } from './schema.ts'

const MINIMAL = `publicUrl: http://127.0.0.1:8080
servers:
  findings:
    path: /findings/mcp
    upstream: http://127.0.0.1:9000/mcp
    outbound: { kind: none }
`

const problemsOf = (text: string): readonly string[] => {
  try {
    parseConfigFile(text, 'sallyport.yaml')
  } catch (error) {
    assert.ok(error instanceof ConfigInvalid)
    return error.problems
  }
  return []
}

async function inFolder(text: string, work: (file: string, folder: string) => Promise<void>) {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-config-'))
  try {
    const file = path.join(folder, 'sallyport.yaml')
    await writeFile(file, text)
    await work(file, folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('a short file is enough, and the rest has defaults', async () => {
  await inFolder(MINIMAL, async (file, folder) => {
    const config = await loadConfig(file, {})
    assert.equal(config.database, `sqlite:${path.join(folder, 'sallyport.db')}`)
    assert.deepEqual(config.listen.public, { host: '127.0.0.1', port: 8080 })
    assert.equal(config.defaultServer, 'findings')
    assert.equal(config.limits.messageBytes, 4 * 1024 * 1024)
    assert.deepEqual(config.servers[0]?.auth, { mode: 'credential', accept: new Set(['entra']) })
  })
})

test('all problems are named at once, each with its line', () => {
  const problems = problemsOf(`publicUrl: http://mcp.example.com
listne: {}
clouds: { local: { authority: 'http://127.0.0.1:1', graph: 'http://graph.example' } }
servers:
  a:
    path: mcp/
    upstream: ftp://x
    outbound: { kind: none }
  b:
    path: /t/mcp
    upstream: http://127.0.0.1:1/mcp
    outbound: { kind: passthrough }
`)
  assert.deepEqual(
    new Set(problems.map((problem) => problem.split(':').slice(0, 2).join(':'))),
    new Set([
      'line 1: publicUrl',
      'line 2: listne',
      'line 3: clouds.local.graph',
      'line 6: servers.a.path',
      'line 7: servers.a.upstream',
      'line 10: servers.b.path',
      'line 12: servers.b.outbound.kind',
    ]),
  )
})

test('a broken YAML file, a duplicate key and a shared path are each one clear line', () => {
  assert.match(problemsOf('publicUrl: [')[0] ?? '', /^line 1: /)
  assert.match(problemsOf(`${MINIMAL}publicUrl: http://127.0.0.1:1\n`)[0] ?? '', /^line 7: Map keys must be unique/)
  const twice = `${MINIMAL}  other:\n    path: /findings/mcp\n    upstream: http://127.0.0.1:1/\n    outbound: { kind: none }\n`
  assert.deepEqual(problemsOf(twice), ['line 8: servers.other.path: is also the path of findings'])
})

test('an alias is one clear line, and so is a secret where it would be shown', () => {
  const aliased = MINIMAL.replace('/findings/mcp', '&path /findings/mcp').replace('{ kind: none }', '{ kind: *path }')
  assert.deepEqual(problemsOf(aliased), ['YAML aliases are not taken: write the value out'])
  for (const url of ['http://u:p@127.0.0.1:1/mcp', 'http://u@127.0.0.1:1/mcp', '"http://127.0.0.1:1/mcp#x"']) {
    const [problem] = problemsOf(MINIMAL.replace('http://127.0.0.1:9000/mcp', url))
    assert.match(problem ?? '', /^line 5: servers\.findings\.upstream: must have no user information/)
  }
})

test('the credential of a server has a header that no caller can send beside it', () => {
  const withHeader = (header: string, more = '') =>
    problemsOf(`${MINIMAL.replace('{ kind: none }', `{ kind: static, header: ${header}, value: s3cret }`)}${more}`)
  for (const header of ['mcp-api-key', 'User-Agent', 'Host', 'Transfer-Encoding', 'baggage']) {
    assert.match(withHeader(header)[0] ?? '', /^line 6: servers\.findings\.outbound\.header: is a header that callers/)
  }
  assert.match(
    withHeader('X-Api-Key', '    forwardHeaders: [x-api-KEY]\n')[0] ?? '',
    /^line 7: .*forwardHeaders: has x-api/,
  )
  assert.deepEqual(withHeader('X-Api-Key', '    forwardHeaders: [x-other]\n'), [])
})

test('what a signed identity says is proven, for one server, and in a header that callers cannot send', async () => {
  const withOutbound = (outbound: string, more = '') =>
    `${MINIMAL.replace('{ kind: none }', `{ kind: signed-identity${outbound} }`)}${more}`
  for (const auth of ['Gateway', 'None']) {
    assert.match(
      problemsOf(withOutbound('', `    auth: ${auth}\n`))[0] ?? '',
      /^line 6: servers\.findings\.outbound\.kind: is signed-identity, but callers prove nothing/,
    )
  }
  for (const audience of ['http://127.0.0.1:8080/findings/mcp', 'http://127.0.0.1:8080']) {
    assert.match(problemsOf(withOutbound(`, audience: '${audience}'`))[0] ?? '', /audience: is .*, the gate's own/)
  }
  assert.match(problemsOf(withOutbound(", audience: 'a b'"))[0] ?? '', /audience: must be one word/)
  assert.match(problemsOf(withOutbound(', header: mcp-identity'))[0] ?? '', /header: is a header that callers/)
  assert.match(
    problemsOf(withOutbound(', header: X-Caller', '    forwardHeaders: [x_caller]\n'))[0] ?? '',
    /forwardHeaders: has x-caller, the header of outbound/,
  )
  assert.match(
    problemsOf(`${MINIMAL}    forwardHeaders: [X-Sallyport-Identity]\n`)[0] ?? '',
    /forwardHeaders.*never passes on/,
  )
})

test("a signed identity is for the server's own address, unless it goes by another name", async () => {
  const outboundOf = async (outbound: string) => {
    const text = MINIMAL.replace('9000/mcp', '9000/mcp?key=hidden').replace('{ kind: none }', outbound)
    let found: unknown
    await inFolder(text, async (file) => void (found = (await loadConfig(file, {})).servers[0]!.outbound))
    return found
  }
  assert.deepEqual(await outboundOf('{ kind: signed-identity }'), {
    kind: 'signed-identity',
    audience: 'http://127.0.0.1:9000/mcp',
    header: 'authorization',
  })
  assert.deepEqual(await outboundOf("{ kind: signed-identity, audience: 'urn:findings', header: X-Caller }"), {
    kind: 'signed-identity',
    audience: 'urn:findings',
    header: 'x-caller',
  })
})

test('DATABASE_URL wins over the file, and Postgres needs a key of its own', async () => {
  await inFolder(MINIMAL, async (file) => {
    await assert.rejects(
      loadConfig(file, { DATABASE_URL: 'postgres://db/sallyport' }),
      /SALLYPORT_KEY: needed with Postgres/,
    )
    const env = {
      DATABASE_URL: 'postgres://db/sallyport',
      SALLYPORT_KEY: Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)).toString('base64'),
    }
    assert.equal((await loadConfig(file, env)).database, 'postgres://db/sallyport')
  })
})

test('with SQLite a key is made once beside the database, readable by its owner only', async () => {
  await inFolder(MINIMAL, async (file, folder) => {
    const first = await loadConfig(file, {})
    const second = await loadConfig(file, {})
    assert.deepEqual(first.sealingKey, second.sealingKey)
    assert.equal((await stat(path.join(folder, 'sallyport.db.key'))).mode & 0o777, 0o600)
  })
})

test('a sample key, a short key and an unreadable key file are refused', async () => {
  await inFolder(MINIMAL, async (file) => {
    await assert.rejects(loadConfig(file, { SALLYPORT_KEY: Buffer.alloc(32).toString('base64') }), /sample key/)
    await assert.rejects(loadConfig(file, { SALLYPORT_KEY: 'c2hvcnQ=' }), /32 bytes in base64/)
    await assert.rejects(loadConfig(file, { SALLYPORT_KEY_FILE: 'absent.key' }), /absent\.key/)
  })
})

test("an operator token of the operator's own is taken, and a guessable one refused", async () => {
  await inFolder(MINIMAL, async (file) => {
    const token = 'x'.repeat(32)
    assert.equal((await loadConfig(file, { SALLYPORT_OPERATOR_TOKEN: token })).operatorToken, token)
    await assert.rejects(
      loadConfig(file, { SALLYPORT_OPERATOR_TOKEN: 'secret' }),
      /SALLYPORT_OPERATOR_TOKEN: must be 32/,
    )
  })
})

test('a static credential is read from its file, and a missing file is named', async () => {
  const withFile = MINIMAL.replace('{ kind: none }', '{ kind: static, valueFile: upstream.secret }')
  await inFolder(withFile, async (file, folder) => {
    await assert.rejects(loadConfig(file, {}), /servers\.findings\.outbound\.valueFile: .*upstream\.secret/)
    await writeFile(path.join(folder, 'upstream.secret'), 'Bearer s3cret\n')
    const config = await loadConfig(file, {})
    assert.deepEqual(config.servers[0]?.outbound, { kind: 'static', header: 'authorization', value: 'Bearer s3cret' })
  })
})

test('the published JSON Schema is the one that the program checks with', async () => {
  const published = JSON.parse(await readFile(new URL('../../sallyport.schema.json', import.meta.url), 'utf8'))
  assert.deepEqual(published, JSON.parse(JSON.stringify(z.toJSONSchema(configFileSchema, { io: 'input' }))))
})
