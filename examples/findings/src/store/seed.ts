import { createHash } from 'node:crypto'
import type { Finding } from './finding.ts'

const REPOSITORIES =
  'billing-api checkout-web identity-sync mobile-app data-pipeline edge-proxy support-portal ml-scoring'
const PACKAGES =
  'fastparse:1 netframe:2 yamlite:3 imgpress:1 tokenbox:4 pathwise:2 queuekit:5 htmltide:3 zipstream:1 gridquery:6'
const WEAKNESSES = [
  ['Path traversal', 'A file name taken from the request is joined to the upload folder without being checked.'],
  ['Regular expression of exponential time', 'One crafted header keeps a worker busy for minutes.'],
  ['SQL injection', 'The sort column is concatenated into the statement instead of being chosen from a list.'],
  [
    'Server-side request forgery',
    'The preview fetches any address it is given, those of the internal network included.',
  ],
  ['Stored cross-site scripting', 'A display name reaches the page without being escaped.'],
  ['Deserialization of untrusted data', 'A queue message names the class that is to be built from it.'],
  ['Missing authorization', 'The export endpoint asks who is calling but not whether they may export.'],
  ['Secret in the repository', 'A credential of the staging environment was committed together with a test fixture.'],
] as const
const FIRST_DAY = Date.UTC(2026, 0, 5)
const DAY = 86_400_000

/** The same teamspace always gets the same findings, another teamspace other ones. */
export function sampleFindings(teamspaceId: string): Finding[] {
  const draw = drawFrom(teamspaceId)
  const count = 240 + draw(160)
  return Array.from({ length: count }, (_, index) => sampleFinding(index + 1, draw))
}

function sampleFinding(number: number, draw: (sides: number) => number): Finding {
  const [weakness, description] = pick(WEAKNESSES, draw)
  const repository = pick(REPOSITORIES.split(' '), draw)
  const [name = '', major] = pick(PACKAGES.split(' '), draw).split(':')
  const patch = draw(9)
  return {
    id: `SAMPLE-2026-${String(number).padStart(4, '0')}`,
    title: `${weakness} in ${name}`,
    severity: pick(['critical', 'high', 'high', 'medium', 'medium', 'medium', 'low', 'low'] as const, draw),
    status: pick(['open', 'open', 'open', 'fixed'] as const, draw),
    repository,
    package: name,
    version: `${major}.${draw(12)}.${patch}`,
    fixedIn: `${major}.12.${patch + 1}`,
    location: `src/${pick(['routes', 'jobs', 'lib', 'handlers'], draw)}/${name}.ts:${10 + draw(400)}`,
    description: `${description} Found in ${repository}.`,
    firstSeen: new Date(FIRST_DAY + draw(300) * DAY).toISOString(),
    acknowledgedBy: null,
    acknowledgedAt: null,
    note: null,
  }
}

/** Numbers that follow from the seed alone: SHA-256 of the seed and a counter, four bytes at a time. */
function drawFrom(seed: string): (sides: number) => number {
  let counter = 0
  return (sides) => createHash('sha256').update(`${seed}:${counter++}`).digest().readUInt32BE() % sides
}

const pick = <Item>(items: readonly Item[], draw: (sides: number) => number): Item => items[draw(items.length)] as Item
