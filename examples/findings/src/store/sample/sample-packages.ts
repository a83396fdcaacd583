import type { Repository } from '../repository.ts'
import type { SbomPackage } from '../sbom-package.ts'
import { FAMILIES, LICENSES } from './catalogue.ts'
import { pick } from './draw.ts'
import type { Sampling } from './sampling.ts'
import { catalogued } from './sample-repositories.ts'

/** Most of a family's packages in each repository, each in a version of its own there. */
export function samplePackages(repositories: readonly Repository[], { draw, idOf }: Sampling): SbomPackage[] {
  const rows = repositories.flatMap((repository) => {
    const { ecosystem } = catalogued(repository)
    const family = FAMILIES[ecosystem]
    return family.words
      .filter(() => draw(5) > 0)
      .map((word) => {
        const version = `${majorOf(word)}.${draw(12)}.${draw(9)}`
        return {
          name: family.of(word),
          version,
          ecosystem,
          purl: family.purl(word, version),
          license: LICENSES[word.length % LICENSES.length] as string,
          relation: pick(['direct', 'transitive'] as const, draw),
          repository: repository.name,
        }
      })
  })
  return rows.map((row, index) => ({ id: idOf('PKG-', index), ...row }))
}

/** The same for a package wherever it is in use, so that its versions compare. */
const majorOf = (word: string) => 1 + (word.charCodeAt(0) % 5)
