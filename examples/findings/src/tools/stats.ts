import { z } from 'zod'
import type { Inventory } from '../store/inventory.ts'
import { READ_ONLY, tool } from './tool.ts'

const counted = z.array(z.object({ name: z.string(), count: z.int() }))

export const statsOf = ({ findings, repositories, packages, cves, dastResults }: Inventory) => ({
  total: findings.count(),
  bySeverity: findings.countBy('severity'),
  byStatus: findings.countBy('status'),
  byRepository: findings.countBy('repository'),
  repositories: repositories.count(),
  packages: packages.count(),
  cves: cves.count(),
  dastResults: dastResults.count(),
})

export const stats = tool({
  name: 'stats',
  title: 'Statistics',
  description: 'How many findings there are, by severity, status and repository, and how much else is known.',
  input: z.object({}),
  output: z.object({
    total: z.int().describe('All findings'),
    bySeverity: counted,
    byStatus: counted,
    byRepository: counted,
    repositories: z.int(),
    packages: z.int(),
    cves: z.int(),
    dastResults: z.int(),
  }),
  annotations: READ_ONLY,
  run: (_input, { inventory }) => statsOf(inventory),
})
