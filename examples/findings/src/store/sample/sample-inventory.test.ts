import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CVE } from '../cve.ts'
import { DAST_RESULT } from '../dast-result.ts'
import { FINDING } from '../finding.ts'
import { REPOSITORY } from '../repository.ts'
import { SBOM_PACKAGE } from '../sbom-package.ts'
import { isBefore } from './sample-cves.ts'
import { sampleInventory } from './sample-inventory.ts'
import { markOf } from './sampling.ts'

const TEAMSPACES = ['dev', 'acme', 'Acme', '3f2504e0-4f89-11d3-9a0c-0305e82c3301', 'zoë', ...'abcdefghijklmnop']

test('the samples of a teamspace are always the same, and no row of it is a row of another', () => {
  const seen = new Map<string, string>()
  for (const teamspaceId of TEAMSPACES) {
    const inventory = sampleInventory(teamspaceId)
    assert.deepEqual(inventory, sampleInventory(teamspaceId))
    for (const row of Object.values(inventory).flat()) {
      const text = JSON.stringify(row)
      assert.ok(text.includes(markOf(teamspaceId)))
      assert.ok(!seen.has(text), `${teamspaceId} and ${seen.get(text)} share ${text}`)
      seen.set(text, teamspaceId)
    }
  }
})

test('rows have the shape that tools promise, and every id says that it is a sample', () => {
  for (const teamspaceId of TEAMSPACES) {
    const { repositories, packages, cves, findings, dastResults } = sampleInventory(teamspaceId)
    repositories.forEach((row) => REPOSITORY.parse(row))
    packages.forEach((row) => SBOM_PACKAGE.parse(row))
    cves.forEach((row) => CVE.parse(row))
    findings.forEach((row) => FINDING.parse(row))
    dastResults.forEach((row) => DAST_RESULT.parse(row))
    assert.doesNotMatch(JSON.stringify({ cves, findings }), /\bCVE-\d{4}-\d+/)
    assert.ok(findings.length > 220 && cves.length > 5 && packages.length > 30 && dastResults.length > 0)
  }
})

test('what a row refers to is there: repositories, packages, CVEs, and versions that are really affected', () => {
  for (const teamspaceId of TEAMSPACES) {
    const { repositories, packages, cves, affected, findings, dastResults } = sampleInventory(teamspaceId)
    const names = new Set(repositories.map(({ name }) => name))
    for (const { repository } of [...packages, ...findings, ...dastResults]) assert.ok(names.has(repository))

    for (const { packageId, cveId } of affected) {
      const used = packages.find(({ id }) => id === packageId)!
      const cve = cves.find(({ id }) => id === cveId)!
      assert.deepEqual([used.name, used.ecosystem], [cve.package, cve.ecosystem])
      assert.ok(isBefore(used.version, cve.fixedIn))
      assert.ok(
        findings.some((row) => row.cve === cveId && row.repository === used.repository && row.package === used.name),
      )
    }
    assert.deepEqual(new Set(affected.map(({ cveId }) => cveId)), new Set(cves.map(({ id }) => id)))
    const dependencies = findings.filter(({ kind }) => kind === 'dependency')
    assert.equal(dependencies.length, affected.length)
  }
})

test('versions compare by number and not by text', () => {
  assert.ok(isBefore('1.9.0', '1.10.0') && isBefore('1.2.3', '2.0.0'))
  assert.ok(!isBefore('1.10.0', '1.9.9') && !isBefore('1.2.3', '1.2.3'))
})
