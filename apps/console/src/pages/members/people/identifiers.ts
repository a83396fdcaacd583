import type { ConnectionKind } from '../members-queries.ts'

interface Identifier {
  readonly connection: string
  /** In the API's words. */
  readonly field: 'objectId' | 'subject' | 'serviceAccount'
  readonly label: string
  readonly description: string
  readonly placeholder: string
  /** In a CSV file. */
  readonly column: string
}

/** What tells a member from all others, by the connection that vouches for them. */
export const IDENTIFIERS: Readonly<Record<ConnectionKind, Identifier>> = {
  entra: {
    connection: 'Entra',
    field: 'objectId',
    label: 'Object ID',
    description: 'In the Entra admin centre: Users, the person, Overview, Object ID.',
    placeholder: '00000000-0000-0000-0000-000000000000',
    column: 'object_id',
  },
  oidc: {
    connection: 'OpenID Connect',
    field: 'subject',
    label: 'Subject',
    description: 'The claim sub of their tokens, letter by letter; or the claim that the connection names instead.',
    placeholder: 'user_2abc…',
    column: 'subject',
  },
  kubernetes: {
    connection: 'Kubernetes',
    field: 'serviceAccount',
    label: 'Service account',
    description: 'As NAMESPACE/NAME.',
    placeholder: 'jobs/nightly-report',
    column: 'service_account',
  },
}
