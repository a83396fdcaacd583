import type { ConnectionKind, ConnectionTest } from './connection.ts'

interface Words {
  readonly isGood: boolean
  readonly title: string
  /** What to do about it, or next. */
  readonly says: string
}

const ASKED: Readonly<Record<ConnectionKind, string>> = {
  entra: 'Microsoft Entra',
  oidc: 'The issuer',
  kubernetes: 'The cluster',
}

/** An outcome in words, with what to do about it. */
export function testWords(kind: ConnectionKind, test: ConnectionTest): Words {
  switch (test.outcome) {
    case 'ok':
      return { isGood: true, ...GOOD[kind] }
    case 'unknown_tenant':
      return {
        isGood: false,
        title: 'There is no such tenant',
        says: 'Microsoft Entra knows no tenant with this ID. Copy the “Directory (tenant) ID” from the overview of your tenant or app registration, and check that the cloud is yours: a tenant of a national cloud is known there only.',
      }
    case 'issuer_mismatch':
      return { isGood: false, title: 'Somebody else answered', says: MISMATCH[kind] }
    case 'no_usable_keys':
      return {
        isGood: false,
        title: 'It publishes no keys that can be used',
        says: `${sentence(test.says)} Tokens need an asymmetric signature, such as RS256 or ES256: choose one at the provider.`,
      }
    case 'groups_unavailable':
      return {
        isGood: false,
        title: 'People get in, but nobody knows their groups',
        says: `${sentence(test.says)} Rules of this teamspace go by groups: calls of people whose token does not name them fail until then.`,
      }
    case 'unreachable':
      return {
        isGood: false,
        title: `${ASKED[kind]} could not be asked`,
        says: `${sentence(test.says)} ${UNREACHABLE[kind]}`,
      }
  }
}

const GOOD: Readonly<Record<ConnectionKind, { readonly title: string; readonly says: string }>> = {
  entra: {
    title: 'It works: Microsoft Entra knows this tenant',
    says: 'Its issuer is the one that tokens have to name, and its signing keys were read. Whether the app registrations fit shows at a first sign-in.',
  },
  oidc: {
    title: 'It works: the issuer answered',
    says: 'It is the one that tokens have to name, and its signing keys were read.',
  },
  kubernetes: {
    title: 'It works: the cluster answered',
    says: 'A token that nobody issued was refused, as it has to be.',
  },
}

const MISMATCH: Readonly<Record<ConnectionKind, string>> = {
  entra:
    'The answer names another issuer than this tenant’s. Something between Sallyport and Microsoft Entra answers in its place, or the cloud is not yours. Do not save this before it is known what.',
  oidc: 'The issuer calls itself something else, and its tokens do, too. Spelling counts, and so does a slash at the end: take over what it presents, if that is yours.',
  kubernetes: 'The issuer calls itself something else. Take over what it presents, if that is yours.',
}

const UNREACHABLE: Readonly<Record<ConnectionKind, string>> = {
  entra:
    'That says nothing against the tenant ID. Check that the machine that runs Sallyport reaches Microsoft Entra (proxy, firewall, DNS), and try again.',
  oidc: 'Check the address, and that the machine that runs Sallyport reaches it. ADDRESS_NOT_PUBLIC: it leads into a private network, which whoever runs Sallyport has to allow (allowPrivateIssuers).',
  kubernetes:
    'Check the cluster’s entry in sallyport.yaml, that its API server is reachable, and that Sallyport’s service account may review tokens (system:auth-delegator).',
}

const sentence = (says: string): string => `${says.charAt(0).toUpperCase()}${says.slice(1).replace(/\.$/, '')}.`
