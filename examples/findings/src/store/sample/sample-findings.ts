import type { Cve } from '../cve.ts'
import type { Finding } from '../finding.ts'
import type { Repository } from '../repository.ts'
import type { SbomPackage } from '../sbom-package.ts'
import { FAMILIES, WEAKNESSES } from './catalogue.ts'
import { daysBefore, pick } from './draw.ts'
import type { Affected } from './sample-cves.ts'
import { catalogued } from './sample-repositories.ts'
import type { Sampling } from './sampling.ts'

interface Known {
  readonly repositories: readonly Repository[]
  readonly packages: readonly SbomPackage[]
  readonly cves: readonly Cve[]
  readonly affected: readonly Affected[]
}

const NOT_ACKNOWLEDGED = { acknowledgedBy: null, acknowledgedAt: null, note: null }
const EXTENSIONS: Readonly<Record<string, string>> = { npm: 'ts', pypi: 'py', maven: 'java', golang: 'go', cargo: 'rs' }

/** One of each package that has a CVE, and some hundreds in the repositories' own code. */
export function sampleFindings(known: Known, sampling: Sampling): Finding[] {
  const rows = [...dependencyFindings(known), ...codeFindings(known, sampling)]
  return rows.map((row, index) => ({ id: sampling.idOf('', index), ...row, ...NOT_ACKNOWLEDGED }))
}

function dependencyFindings({ packages, cves, affected }: Known) {
  const packageById = new Map(packages.map((row) => [row.id, row]))
  const cveById = new Map(cves.map((row) => [row.id, row]))
  return affected.flatMap(({ packageId, cveId }) => {
    const [used, cve] = [packageById.get(packageId), cveById.get(cveId)]
    if (!used || !cve) return []
    return {
      kind: 'dependency' as const,
      title: cve.title,
      severity: cve.severity,
      // As long as the affected version is in use it is not fixed.
      status: 'open' as const,
      repository: used.repository,
      location: FAMILIES[used.ecosystem].manifest,
      package: used.name,
      version: used.version,
      fixedIn: cve.fixedIn,
      cve: cve.id,
      description: `${cve.description} ${used.repository} uses ${used.version}.`,
      firstSeen: cve.publishedAt,
    }
  })
}

function codeFindings({ repositories }: Known, { draw }: Sampling) {
  return Array.from({ length: 220 + draw(120) }, () => {
    const repository = pick(repositories, draw)
    const { ecosystem } = catalogued(repository)
    const [weakness, cwe, description] = pick(WEAKNESSES, draw)
    const folder = pick(['routes', 'jobs', 'lib', 'handlers'], draw)
    const file = `${pick(['export', 'preview', 'upload', 'session', 'report', 'queue'], draw)}.${EXTENSIONS[ecosystem]}`
    return {
      kind: 'code' as const,
      title: `${weakness} in ${folder}/${file}`,
      severity: pick(['critical', 'high', 'high', 'medium', 'medium', 'medium', 'low', 'low'] as const, draw),
      status: pick(['open', 'open', 'open', 'fixed'] as const, draw),
      repository: repository.name,
      location: `src/${folder}/${file}:${10 + draw(400)}`,
      package: null,
      version: null,
      fixedIn: null,
      cve: null,
      description: `${description} ${cwe}, found in ${repository.name}.`,
      firstSeen: daysBefore(1 + draw(300)),
    }
  })
}
