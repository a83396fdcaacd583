import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { z } from 'zod'
import { configFileSchema } from './schema.ts'

const docs = new URL('../../../../docs/', import.meta.url)
const page = await readFile(new URL('configuration.md', docs), 'utf8')
const kubernetesPage = await readFile(new URL('kubernetes.md', docs), 'utf8')

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly additionalProperties?: SchemaNode | boolean
  readonly items?: SchemaNode
  readonly anyOf?: readonly SchemaNode[]
  readonly oneOf?: readonly SchemaNode[]
}

/** Every setting by its path; the names that operators choose are NAME, as on the page. */
function* settingsOf(node: SchemaNode, path: readonly string[] = []): Generator<string> {
  if (path.length > 0) yield path.join('.')
  for (const [name, child] of Object.entries(node.properties ?? {})) yield* settingsOf(child, [...path, name])
  const { additionalProperties: named } = node
  if (typeof named === 'object') yield* settingsOf(named, [...path, 'NAME'])
  for (const child of [node.items, ...(node.anyOf ?? []), ...(node.oneOf ?? [])])
    if (child) yield* settingsOf(child, path)
}

const settings = new Set(settingsOf(z.toJSONSchema(configFileSchema, { io: 'input' }) as SchemaNode))

/** What the first column of a table names: `a.{b, c}` is two. */
const expand = (text: string): string[] => {
  const [, before, choices, after] = /^(.*?)\{(.+?)\}(.*)$/.exec(text) ?? []
  return choices === undefined ? [text] : choices.split(', ').map((choice) => `${before}${choice}${after}`)
}

test('docs/configuration.md names every setting, and its page every one about Kubernetes', () => {
  const missing = [...settings].filter((setting) => {
    const [section = ''] = setting.split('.')
    const text = section === 'clusters' || section === 'kubernetes' ? `${page}${kubernetesPage}` : page
    return !new RegExp(`\\b${setting.split('.').at(-1)}\\b`).test(text)
  })
  assert.deepEqual(missing, [])
})

test('the table of docs/configuration.md has no setting that is none', () => {
  const table = page.slice(page.indexOf('| setting | default |')).split('\n\n')[0]!
  const rows = table.split('\n').slice(2)
  const named = rows.flatMap((row) =>
    [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => expand(text!)),
  )
  assert.ok(named.length > 20)
  assert.deepEqual(
    named.filter((name) => !settings.has(name.replace(/\.…$/, ''))),
    [],
  )
})

test('docs/configuration.md names every environment variable that is read, in each of its spellings', async () => {
  const folder = new URL('./', import.meta.url)
  const sources = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const text = (await Promise.all(sources.map((name) => readFile(new URL(name, folder), 'utf8')))).join('\n')
  const variables = new Set(
    [...text.matchAll(/\benv(?:\.|\[')([A-Z][A-Z_]+)|'((?:MCP|SALLYPORT|DEV)_[A-Z_]+|[A-Za-z]+__[A-Za-z]+)'/g)].map(
      ([, read, named]) => read ?? named!,
    ),
  )
  for (const known of ['DATABASE_URL', 'MCP_AUTH_MODE', 'AzureAd__Instance', 'KUBERNETES_SERVICE_HOST'])
    assert.ok(variables.has(known), known)
  assert.deepEqual(
    [...variables].filter((name) => !page.includes(name)),
    [],
  )
})
