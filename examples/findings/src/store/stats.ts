import type { FindingsRepository } from './findings-repository.ts'

export const statsOf = (findings: FindingsRepository) => ({
  total: findings.count(),
  bySeverity: findings.countBy('severity'),
  byStatus: findings.countBy('status'),
  byRepository: findings.countBy('repository'),
})
