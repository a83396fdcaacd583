import { cvesOf } from './cves.ts'
import { dastResultsOf } from './dast-results.ts'
import { findingsOf } from './findings.ts'
import { repositoriesOf } from './repositories.ts'
import { sbomPackagesOf } from './sbom-packages.ts'
import type { OpenDatabase } from './select.ts'

/** Everything that tools can reach. Nothing in it takes the name of a teamspace: `open` knows whose call it is. */
export const inventoryOf = (open: OpenDatabase) => ({
  repositories: repositoriesOf(open),
  packages: sbomPackagesOf(open),
  cves: cvesOf(open),
  findings: findingsOf(open),
  dastResults: dastResultsOf(open),
})

export type Inventory = ReturnType<typeof inventoryOf>
