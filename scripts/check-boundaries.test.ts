import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { findBreaches, readImports } from './check-boundaries.ts'

const breachesOf = (imports: Record<string, string[]>) => findBreaches(new Map(Object.entries(imports)))

test('the sources as they stand keep to the boundaries', async () => {
  const imports = await readImports(path.join(import.meta.dirname, '..'))
  assert.ok(imports.size > 100, `only ${imports.size} files were read`)
  assert.deepEqual(findBreaches(imports), [])
})

for (const [from, to] of [
  ['packages/verifier/src/bearer.ts', 'apps/sallyport/src/outcome/denial.ts'],
  ['packages/entra-emulator/src/app.ts', 'packages/verifier/src/index.ts'],
  ['apps/sallyport/src/gate/gate.ts', 'apps/sallyport/src/admin/member-routes.ts'],
  ['apps/sallyport/src/gate/steps/admit.ts', 'apps/sallyport/src/members/member-repository.ts'],
  ['apps/sallyport/src/members/add-member.ts', 'apps/sallyport/src/gate/gate.ts'],
  ['apps/sallyport/src/cli/member.ts', 'apps/sallyport/src/members/member-repository.ts'],
  ['apps/sallyport/src/serve/start.ts', 'packages/entra-emulator/src/index.ts'],
] as const) {
  test(`${from} may not import ${to}`, () => {
    assert.equal(breachesOf({ [from]: [to] }).length, 1)
  })
}

test('an import cycle is refused, and named', () => {
  const [breach] = breachesOf({
    'scripts/a.ts': ['scripts/b.ts'],
    'scripts/b.ts': ['scripts/c.ts'],
    'scripts/c.ts': ['scripts/b.ts'],
  })
  assert.equal(breach, 'import cycle: scripts/b.ts → scripts/c.ts → scripts/b.ts')
})
