import type { Cve } from '../cve.ts'
import type { DastResult } from '../dast-result.ts'
import type { Finding } from '../finding.ts'
import type { Repository } from '../repository.ts'
import type { SbomPackage } from '../sbom-package.ts'
import { sampleCves, type Affected } from './sample-cves.ts'
import { sampleDastResults } from './sample-dast-results.ts'
import { sampleFindings } from './sample-findings.ts'
import { samplePackages } from './sample-packages.ts'
import { sampleRepositories } from './sample-repositories.ts'
import { samplingOf } from './sampling.ts'

export interface SampleInventory {
  readonly repositories: readonly Repository[]
  readonly packages: readonly SbomPackage[]
  readonly cves: readonly Cve[]
  readonly affected: readonly Affected[]
  readonly findings: readonly Finding[]
  readonly dastResults: readonly DastResult[]
}

/** The same teamspace always gets the same rows, another teamspace other ones; what refers to a row finds it. */
export function sampleInventory(teamspaceId: string): SampleInventory {
  const sampling = samplingOf(teamspaceId)
  const repositories = sampleRepositories(sampling)
  const packages = samplePackages(repositories, sampling)
  const { cves, affected } = sampleCves(packages, sampling)
  return {
    repositories,
    packages,
    cves,
    affected,
    findings: sampleFindings({ repositories, packages, cves, affected }, sampling),
    dastResults: sampleDastResults(repositories, sampling),
  }
}
