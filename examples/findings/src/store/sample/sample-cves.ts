import type { Cve } from '../cve.ts'
import type { SbomPackage } from '../sbom-package.ts'
import type { Severity } from '../severity.ts'
import { WEAKNESSES } from './catalogue.ts'
import { daysBefore, pick, type Draw } from './draw.ts'
import type { Sampling } from './sampling.ts'

/** That a package of a repository has a CVE. */
export interface Affected {
  readonly packageId: string
  readonly cveId: string
}

/** From the lowest score of a severity to the highest, in tenths (CVSS 3.1 §5). */
const SCORES: Readonly<Record<Severity, readonly [number, number]>> = {
  critical: [90, 100],
  high: [70, 89],
  medium: [40, 69],
  low: [1, 39],
}

/** The weaknesses after these are of code that somebody wrote for one product. */
const OF_PACKAGES = 6

/** About half of the packages have one; each CVE affects at least one package of the teamspace. */
export function sampleCves(packages: readonly SbomPackage[], { draw, idOf }: Sampling) {
  const cves: Cve[] = []
  const affected: Affected[] = []
  for (const versions of Map.groupBy(packages, ({ name, ecosystem }) => `${ecosystem} ${name}`).values()) {
    if (draw(3) === 0) continue
    const fixedIn = fixedInOf(versions, draw)
    const vulnerable = versions.filter(({ version }) => isBefore(version, fixedIn))
    if (vulnerable.length === 0) continue
    const cve = sampleCve(idOf('CVE-', cves.length), versions[0] as SbomPackage, fixedIn, draw)
    cves.push(cve)
    affected.push(...vulnerable.map(({ id }) => ({ packageId: id, cveId: cve.id })))
  }
  return { cves, affected }
}

function sampleCve(id: string, of: SbomPackage, fixedIn: string, draw: Draw): Cve {
  const [weakness, cwe, description] = pick(WEAKNESSES.slice(0, OF_PACKAGES), draw)
  const severity = pick(['critical', 'high', 'high', 'medium', 'medium', 'low'] as const, draw)
  const [lowest, highest] = SCORES[severity]
  return {
    id,
    title: `${weakness} in ${of.name}`,
    description: `${description} All versions of ${of.name} before ${fixedIn} are affected. Made up for this example.`,
    cwe,
    severity,
    score: (lowest + draw(highest - lowest + 1)) / 10,
    package: of.name,
    ecosystem: of.ecosystem,
    fixedIn,
    publishedAt: daysBefore(30 + draw(300)),
  }
}

function fixedInOf([first]: readonly SbomPackage[], draw: Draw) {
  const major = first?.version.split('.', 1)[0]
  return `${major}.${4 + draw(8)}.${draw(5)}`
}

export function isBefore(version: string, other: string): boolean {
  const [parts, others] = [version, other].map((text) => text.split('.').map(Number)) as [number[], number[]]
  const at = parts.findIndex((part, index) => part !== others[index])
  return at !== -1 && (parts[at] as number) < (others[at] ?? 0)
}
