import type { DemoPerson } from './demo-files.ts'

/** Everybody at the OpenID provider: members of its teamspace, the owner first, and who is none. */
export const OIDC_TEAMSPACE = { slug: 'initech', name: 'Initech' }
export const OIDC_MEMBERS: readonly DemoPerson[] = [
  { email: 'peter@initech.example', sub: 'user-4711' },
  { email: 'samir@initech.example', sub: 'user-4712' },
]
export const OIDC_STRANGERS: readonly DemoPerson[] = [{ email: 'bill@initech.example', sub: 'user-4799' }]
export const OIDC_SCOPE = 'mcp.access'

export const WORKLOAD = { namespace: 'agents', name: 'crawler' }
