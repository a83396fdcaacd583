import type { Repository } from '../repository.ts'
import { REPOSITORIES } from './catalogue.ts'
import { daysBefore, pick } from './draw.ts'
import type { Sampling } from './sampling.ts'

const LEFT_OUT = 3

export function sampleRepositories({ draw, organisation }: Sampling): Repository[] {
  const chosen = [...REPOSITORIES]
  for (let left = draw(LEFT_OUT + 1); left > 0; left--) chosen.splice(draw(chosen.length), 1)
  return chosen.map(([word, language]) => ({
    name: `${organisation}/${word}`,
    url: `https://git.example/${organisation}/${word}`,
    language,
    defaultBranch: pick(['main', 'main', 'trunk'], draw),
    visibility: pick(['private', 'private', 'internal', 'public'] as const, draw),
    lastScannedAt: daysBefore(draw(7)),
  }))
}

/** What the catalogue says of a repository that was made from it. */
export function catalogued({ name }: Repository) {
  const word = name.slice(name.indexOf('/') + 1)
  const entry = REPOSITORIES.find(([known]) => known === word)
  if (!entry) throw new Error(`${name} is not of the catalogue`)
  return { word, ecosystem: entry[2], isOnTheWeb: entry[3] }
}
