import type { DastResult } from '../dast-result.ts'
import type { Repository } from '../repository.ts'
import { PARAMETERS, PATHS, RESPONSES } from './catalogue.ts'
import { daysBefore, pick } from './draw.ts'
import type { Sampling } from './sampling.ts'
import { catalogued } from './sample-repositories.ts'

/** Some for each repository that answers on the web. */
export function sampleDastResults(
  repositories: readonly Repository[],
  { draw, idOf, organisation }: Sampling,
): DastResult[] {
  const scanned = repositories.filter((repository) => catalogued(repository).isOnTheWeb)
  const rows = scanned.flatMap((repository) =>
    Array.from({ length: 4 + draw(9) }, () => {
      const [title, cwe, evidence] = pick(RESPONSES, draw)
      return {
        title,
        cwe,
        severity: pick(['high', 'medium', 'medium', 'low'] as const, draw),
        status: pick(['open', 'open', 'fixed'] as const, draw),
        repository: repository.name,
        target: `https://${catalogued(repository).word}.${organisation}.example`,
        method: pick(['GET', 'GET', 'POST'] as const, draw),
        path: pick(PATHS, draw),
        parameter: pick([null, ...PARAMETERS], draw),
        evidence,
        foundAt: daysBefore(draw(60)),
      }
    }),
  )
  return rows.map((row, index) => ({ id: idOf('DAST-', index), ...row }))
}
