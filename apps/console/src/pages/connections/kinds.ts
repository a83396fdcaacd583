import { IconBrandAzure, IconBox, IconId } from '@tabler/icons-react'
import type { Icon } from '@tabler/icons-react'
import type { ConnectionKind } from './connection.ts'

interface KindWords {
  readonly title: string
  readonly Icon: Icon
  /** What it lets in. */
  readonly about: string
  /** When to take it. */
  readonly takeIt: string
  /** What people call the source of its identities. */
  readonly source: string
}

export const KINDS: Readonly<Record<ConnectionKind, KindWords>> = {
  entra: {
    title: 'Microsoft Entra',
    Icon: IconBrandAzure,
    about: 'People sign in with their work account. Servers can be given an Entra token of their own for each person.',
    takeIt: 'if your people have Microsoft 365 or Azure accounts.',
    source: 'Entra tenant',
  },
  oidc: {
    title: 'OpenID Connect',
    Icon: IconId,
    about: 'People sign in with any other OpenID provider, such as Auth0, Clerk, Keycloak or Okta.',
    takeIt: 'if your people sign in with Auth0, Clerk, Keycloak, Okta or a provider of your own.',
    source: 'issuer',
  },
  kubernetes: {
    title: 'Kubernetes',
    Icon: IconBox,
    about: 'Workloads of a cluster come with the token of their service account. Nobody signs in.',
    takeIt: 'if agents that run in a cluster are to call servers by themselves.',
    source: 'cluster',
  },
}

export const KIND_ORDER = ['entra', 'oidc', 'kubernetes'] as const satisfies readonly ConnectionKind[]
