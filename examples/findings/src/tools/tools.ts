import { acknowledgeFinding } from './acknowledge-finding.ts'
import { exportFindings } from './export-findings.ts'
import { getFinding } from './get-finding.ts'
import { listCves } from './list-cves.ts'
import { listDastResults } from './list-dast-results.ts'
import { listFindings, searchFindings } from './list-findings.ts'
import { listRepositories } from './list-repositories.ts'
import { listSbomPackages } from './list-sbom-packages.ts'
import { rescan } from './rescan.ts'
import { stats } from './stats.ts'
import type { Tool } from './tool.ts'
import { whoami } from './whoami.ts'

/** All twelve. */
export const TOOLS: readonly Tool[] = [
  whoami,
  listFindings,
  searchFindings,
  getFinding,
  acknowledgeFinding,
  exportFindings,
  listSbomPackages,
  listCves,
  listDastResults,
  listRepositories,
  stats,
  rescan,
]
