import assert from 'node:assert/strict'
import { z } from 'zod'
import { mcpTokenDocument } from '../../../apps/sallyport/src/admin/openapi/mcp-token-document.ts'
import { openApiDocument } from '../../../apps/sallyport/src/admin/openapi/openapi-document.ts'
import { forEachStore } from '../../support/each-store.ts'
import { aWorld, titleOf } from './world.ts'

interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security: readonly Record<string, unknown>[]
  readonly parameters?: readonly { name: string; in: string; required?: boolean; schema: object; example?: unknown }[]
  readonly requestBody?: { content: Record<string, { schema: object; example?: unknown }> }
  readonly responses: Record<string, { description: string; content?: Record<string, { schema?: object }> }>
}

interface Document {
  readonly openapi: string
  readonly tags: readonly { name: string }[]
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { schemas: Record<string, object>; securitySchemes: Record<string, object> }
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, title: `${method} ${path}`, ...operation })),
  )

/** Every object in the document, with its own place. */
function* objectsIn(value: unknown, at = '#'): Generator<[string, Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return
  yield [at, value as Record<string, unknown>]
  for (const [name, member] of Object.entries(value)) yield* objectsIn(member, `${at}/${name}`)
}

const resolve = (document: Document, ref: string): unknown =>
  ref
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document)

/** As a schema that can be tried: with what it refers to, and without patterns, which are tried by themselves. */
const compile = ({ components }: Document, schema: object): z.ZodType => {
  const text = JSON.stringify({ ...schema, $defs: components.schemas })
  const local = JSON.parse(text.replaceAll('"#/components/schemas/', '"#/$defs/'), (name, value) =>
    name === 'pattern' ? undefined : value,
  )
  return z.fromJSONSchema(local)
}

forEachStore('the OpenAPI document describes every route that is served, and nothing else', async (t, open) => {
  const { routes, send } = await aWorld(t, open)
  const { status, type, body } = await send('GET', '/openapi.json', { as: 'developer@acme.example' })
  assert.deepEqual([status, type], [200, 'application/json'])
  const document = body as Document
  assert.match(document.openapi, /^3\.1\.\d+$/)
  const described = operationsOf(document).map(({ method, path }) => `${method.toUpperCase()} ${path}`)
  const served = routes.map((route) => titleOf(route).replaceAll(/:([A-Za-z]+)/g, '{$1}'))
  assert.deepEqual(described.sort(), [...served, 'POST /mcp-tokens/introspect', 'POST /mcp-tokens/revoke'].sort())
})

forEachStore('the OpenAPI document holds to the rules of OpenAPI 3.1', async (t, open) => {
  const { routes } = await aWorld(t, open)
  const made = openApiDocument([...routes, ...mcpTokenDocument({ byMembers: true })])
  const document = JSON.parse(JSON.stringify(made)) as Document
  const operations = operationsOf(document)
  const ids = operations.map(({ operationId }) => operationId)
  assert.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index || !/^[a-z]+[A-Z][A-Za-z]+$/.test(id)),
    [],
  )
  const tags = new Set(document.tags.map(({ name }) => name))
  for (const { title, path, summary, parameters = [], security, responses, ...operation } of operations) {
    assert.match(summary, /^\S.*[^.\s]$/, title)
    assert.ok(
      operation.tags.every((tag) => tags.has(tag)),
      title,
    )
    const inPath = parameters.filter((parameter) => parameter.in === 'path')
    assert.ok(
      inPath.every(({ required }) => required),
      title,
    )
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    assert.deepEqual(inPath.map(({ name }) => name).sort(), named.sort(), title)
    const keys = parameters.map(({ name, in: place }) => `${place} ${name}`)
    assert.equal(new Set(keys).size, keys.length, title)
    for (const scheme of security.flatMap(Object.keys)) assert.ok(document.components.securitySchemes[scheme], title)
    assert.ok(
      Object.keys(responses).every((status) => /^(?:[2-5]\d\d|default)$/.test(status)),
      title,
    )
    assert.ok(
      Object.values(responses).every(({ description }) => description !== ''),
      title,
    )
  }
  for (const [at, value] of objectsIn(document)) {
    if (typeof value['$ref'] === 'string') assert.ok(resolve(document, value['$ref']), `${at}: ${value['$ref']}`)
    if (typeof value['pattern'] === 'string') assert.ok(new RegExp(value['pattern'], 'u'), at)
  }
})

forEachStore('its schemas can be compiled, and take the examples beside them', async (t, open) => {
  const { routes } = await aWorld(t, open)
  const made = openApiDocument([...routes, ...mcpTokenDocument({ byMembers: true })])
  const document = JSON.parse(JSON.stringify(made)) as Document
  for (const schema of Object.values(document.components.schemas)) compile(document, schema)
  for (const { title, parameters = [], requestBody, responses } of operationsOf(document)) {
    const bodies = Object.values(requestBody?.content ?? {})
    for (const { schema, example } of [...parameters, ...bodies]) {
      const compiled = compile(document, schema)
      if (example !== undefined) assert.deepEqual(compiled.safeParse(example).error, undefined, title)
    }
    for (const { content = {} } of Object.values(responses)) {
      for (const { schema } of Object.values(content)) if (schema) compile(document, schema)
    }
  }
})

forEachStore('it says of a route what that can answer, also to whoever does something wrong', async (t, open) => {
  const { routes } = await aWorld(t, open)
  const document = JSON.parse(JSON.stringify(openApiDocument(routes))) as Document
  const { patch } = document.paths['/teamspaces/{slug}/members/{id}']!
  assert.deepEqual(Object.keys(patch!.responses), '200 400 401 403 404 409 412 413 415 429 default'.split(' '))
  const kinds = Object.keys(document.paths['/teamspaces/{slug}/members/import']!['post']!.responses['200']!.content!)
  assert.deepEqual(kinds, ['application/json', 'application/jsonl'])
  const { required, properties } = document.paths['/teamspaces/{slug}/connections/oidc']!['put']!.requestBody!.content[
    'application/json'
  ]!.schema as { required: string[]; properties: Record<string, { enum?: string[] }> }
  assert.deepEqual(required, ['kind', 'issuer'], 'the audience has a default')
  assert.ok(properties['provider']?.enum?.includes('clerk'))
})
