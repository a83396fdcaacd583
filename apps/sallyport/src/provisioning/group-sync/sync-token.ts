import type { EntraClouds } from '@sallyport/verifier'
import type { EntraConnectionRecord } from '../../connections/connection.ts'
import { findCloud } from '../../connections/find-cloud.ts'
import { assertionAuthentication } from '../../exchange/client-authentication.ts'
import type { TokenEndpointError } from '../../exchange/entra-failure.ts'
import { askTokenEndpointAs } from '../../exchange/entra-token-endpoint.ts'
import { GateFault } from '../../outcome/fault.ts'
import type { FederatedCredential, Federation } from './federation.ts'
import { failure } from './group-sync.ts'
import type { SyncFailure } from './group-sync.ts'

const TIMEOUT_SECONDS = 10

export interface SyncTokenOptions {
  readonly federation: Federation
  readonly clouds: EntraClouds
  readonly fetch: typeof fetch
}

export interface SyncToken {
  readonly accessToken: string
  /** Where the token is worth something, without a trailing slash. */
  readonly graph: string
}

/** The sync app's token for Microsoft Graph, by an assertion of our own instead of a secret (S2E-03). */
export async function askSyncToken(
  connection: EntraConnectionRecord,
  clientId: string,
  { federation, clouds, fetch }: SyncTokenOptions,
): Promise<SyncToken | SyncFailure> {
  const cloud = findCloud(clouds, connection.cloud)
  const graph = cloud?.graph?.replace(/\/$/, '')
  if (!cloud || graph === undefined) {
    return failure('no_graph', `The cloud ${connection.cloud} has no address of Microsoft Graph in sallyport.yaml.`)
  }
  const { teamspaceId } = connection
  const authentication = assertionAuthentication(await federation.sign(teamspaceId, cloud))
  const parameters = { grant: 'client_credentials', scope: `${graph}/.default` }
  try {
    const asking = { clouds, fetch, timeoutSeconds: TIMEOUT_SECONDS }
    const answer = await askTokenEndpointAs({ connection, clientId, authentication }, parameters, asking)
    if ('accessToken' in answer) return { accessToken: answer.accessToken, graph }
    const credential = federation.credentialFor(teamspaceId, cloud)
    return explainRefusal(answer, { credential, clientId, tenantId: connection.tenantId })
  } catch (error) {
    if (!(error instanceof GateFault)) throw error
    return failure('entra_unavailable', 'The token endpoint of Microsoft Entra gave no usable answer. Try again later.')
  }
}

interface Asked {
  readonly credential: FederatedCredential
  readonly clientId: string
  readonly tenantId: string
}

type Explain = (asked: Asked) => SyncFailure

/** What an admin can do about it (S2E-03). */
function explainRefusal({ status, codes, error }: TokenEndpointError, asked: Asked): SyncFailure {
  const code = codes.find((known) => Object.hasOwn(BY_CODE, known))
  if (code !== undefined) return withCode(code, BY_CODE[code]!(asked))
  if (status === 429) return failure('throttled', 'Microsoft Entra asks to wait. The next run tries again.')
  if (status >= 500) return failure('entra_unavailable', 'Microsoft Entra is failing. The next run tries again.')
  const refused = failure('token_refused', `Microsoft Entra refused the sync app (${error ?? `status ${status}`}).`)
  return codes[0] === undefined ? refused : withCode(codes[0], refused)
}

const withCode = (code: number, { failed, says }: SyncFailure): SyncFailure => failure(failed, `AADSTS${code}: ${says}`)

const credentialNotFound: Explain = ({ clientId, credential: { issuer, subject, audience } }) =>
  failure(
    'credential_not_found',
    `The sync app ${clientId} has no federated credential that matches. It must say exactly: issuer ${issuer}, ` +
      `subject ${subject}, audience ${audience}. One that was added just now takes some minutes to count.`,
  )

const issuerUnreachable: Explain = ({ credential: { issuer } }) =>
  failure(
    'issuer_unreachable',
    `Microsoft Entra could not read the keys of ${issuer}. It must reach that address over the internet, by https.`,
  )

const keyUnknown: Explain = ({ credential: { issuer } }) =>
  failure('issuer_unreachable', `The assertion was not signed by a key that ${issuer} shows to Microsoft Entra.`)

const clientUnknown: Explain = ({ clientId, tenantId }) =>
  failure(
    'client_unknown',
    `The tenant ${tenantId} has no application ${clientId}. Compare it with Application (client) ID.`,
  )

const BY_CODE: Readonly<Record<number, Explain>> = {
  70021: credentialNotFound,
  70025: credentialNotFound,
  700211: credentialNotFound,
  700212: credentialNotFound,
  700213: credentialNotFound,
  7002138: credentialNotFound, // but for upper and lower case
  50166: issuerUnreachable,
  501661: issuerUnreachable,
  90061: issuerUnreachable,
  700016: clientUnknown,
  700027: keyUnknown,
  7000272: keyUnknown,
  700024: () => failure('token_refused', 'The assertion is outside of its time. Compare the clock of this Sallyport.'),
  700025: () => failure('token_refused', 'The sync app is a public client; it must not be.'),
  7000112: ({ clientId }) => failure('client_unknown', `The application ${clientId} is disabled.`),
  90002: ({ tenantId }) => failure('tenant_unknown', `There is no tenant ${tenantId}.`),
  50196: () => failure('throttled', 'Microsoft Entra saw the same failing request too often. Wait some minutes.'),
  90055: () => failure('throttled', 'Microsoft Entra asks to wait. The next run tries again.'),
}
