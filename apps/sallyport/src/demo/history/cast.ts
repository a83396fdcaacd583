import type { IdentitySource, Role } from '../../members/member.ts'

export interface PastPerson {
  readonly displayName: string
  readonly email: string
  readonly objectId: string
  readonly role: Role
  readonly source: IdentitySource
  /** Days before now. */
  readonly joined: number
}

const objectId = (first: string, number: number) =>
  `${first.repeat(8)}-0001-4000-8000-0000000001${`${number}`.padStart(2, '0')}`

/** People beside those of the emulated Entra, who have no sign-in there: they have a past and no present. */
export const PAST_PEOPLE: Readonly<Record<string, readonly PastPerson[]>> = {
  acme: [
    {
      displayName: 'Lena Brandt',
      email: 'lena@acme.example',
      objectId: objectId('a', 1),
      role: 'admin',
      source: 'manual',
      joined: 19,
    },
    {
      displayName: 'Marco Ricci',
      email: 'marco@acme.example',
      objectId: objectId('a', 2),
      role: 'developer',
      source: 'csv',
      joined: 18,
    },
    {
      displayName: 'Sofía Duarte',
      email: 'sofia@acme.example',
      objectId: objectId('a', 3),
      role: 'developer',
      source: 'csv',
      joined: 18,
    },
    {
      displayName: 'Tomáš Novák',
      email: 'tomas@acme.example',
      objectId: objectId('a', 4),
      role: 'developer',
      source: 'group_sync',
      joined: 12,
    },
    {
      displayName: 'Yuki Tanaka',
      email: 'yuki@acme.example',
      objectId: objectId('a', 5),
      role: 'developer',
      source: 'group_sync',
      joined: 12,
    },
  ],
  globex: [
    {
      displayName: 'Karl Lindqvist',
      email: 'karl@globex.example',
      objectId: objectId('b', 1),
      role: 'admin',
      source: 'manual',
      joined: 20,
    },
    {
      displayName: 'Mina Rahimi',
      email: 'mina@globex.example',
      objectId: objectId('b', 2),
      role: 'developer',
      source: 'jit',
      joined: 15,
    },
    {
      displayName: 'Ottilie Weiß',
      email: 'ottilie@globex.example',
      objectId: objectId('b', 3),
      role: 'developer',
      source: 'jit',
      joined: 9,
    },
  ],
}

export interface PastToken {
  readonly name: string
  readonly slug: string
  readonly scopes?: readonly string[]
  readonly expiresInDays?: number
  /** Days before now. */
  readonly minted: number
  readonly revoked?: number
  readonly rotated?: number
  /** Calls an hour, day and night. */
  readonly hourly: number
  readonly tools: readonly string[]
}

export const PAST_TOKENS: readonly PastToken[] = [
  {
    name: 'CI pipeline',
    slug: 'acme',
    minted: 20,
    rotated: 6,
    expiresInDays: 90,
    hourly: 1.4,
    tools: ['list_findings', 'list_findings', 'stats', 'list_sbom_packages'],
  },
  {
    name: 'Nightly report',
    slug: 'acme',
    scopes: ['server:scanner', 'tool:list_cves', 'tool:list_repositories', 'tool:stats'],
    minted: 17,
    hourly: 0.5,
    tools: ['list_cves', 'list_repositories', 'stats', 'export_findings'],
  },
  { name: 'Old laptop of Marco', slug: 'acme', minted: 16, revoked: 5, hourly: 0.4, tools: ['list_findings'] },
  {
    name: 'Triage bot',
    slug: 'globex',
    minted: 19,
    expiresInDays: 30,
    hourly: 1.1,
    tools: ['search_findings', 'get_finding', 'rescan'],
  },
]

/** Tools of the findings server, by how often people ask for them. */
export const TOOL_WEIGHTS: Readonly<Record<string, number>> = {
  list_findings: 30,
  search_findings: 18,
  get_finding: 22,
  list_repositories: 8,
  list_cves: 7,
  stats: 6,
  list_sbom_packages: 4,
  acknowledge_finding: 3,
  list_dast_results: 2,
  export_findings: 2,
}
