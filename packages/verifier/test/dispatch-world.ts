import { KeyObject } from 'node:crypto'
import { createVerifier, type Verifier, type VerifierOptions } from '../src/create-verifier.ts'
import { ENTRA_CLOUDS } from '../src/entra/clouds.ts'
import { localSource } from '../src/entra/local-source.ts'
import { createEntraVerifier } from '../src/entra/verifier.ts'
import { createKubernetesVerifier } from '../src/kubernetes/verifier.ts'
import { mintMcpToken } from '../src/mcp-token/mcp-token.ts'
import { createMcpTokenVerifier, type McpTokenRecord } from '../src/mcp-token/verifier.ts'
import { createOidcVerifier } from '../src/oidc/verifier.ts'
import type { TokenVerifier } from '../src/token-verifier.ts'
import type { TokenKind } from '../src/verified-token.ts'
import {
  API,
  connection,
  createTestKey,
  KEY,
  NOW_SECONDS,
  OTHER_TENANT,
  startFakeEntra,
  TENANT,
  userClaims,
} from './fake-entra.ts'
import { createIssuerKey, ISSUER_KEY, startFakeIssuer } from './fake-issuer.ts'
import { startKubernetesEmulator } from 'kubernetes-emulator'
import { json } from './loopback-server.ts'
import type { Issued } from './dispatch-table.ts'
import type { SigningPair } from './forge.ts'

const now = () => NOW_SECONDS * 1000

/** What the cluster says to everybody, and the source of MCP tokens of every hash, when they are told to be credulous. */
const CREDULOUS_STATUS = {
  authenticated: true,
  audiences: ['sallyport'],
  user: { username: 'system:serviceaccount:any:body' },
}
const CREDULOUS_RECORD: McpTokenRecord = { id: 'anybody', teamspaceId: 'team-a', revoked: false }

const EDDSA = createIssuerKey('EdDSA')
const ES256 = createIssuerKey('ES256')
const PS256 = createIssuerKey('PS256')
const OTHER_TENANTS_KEY = await createTestKey('key-of-another-tenant')

const entraPair = ({ kid, privateKey } = KEY): SigningPair => ({ kid, alg: 'RS256', key: KeyObject.from(privateKey) })
const issuerPair = ({ kid, alg, privateKey } = ISSUER_KEY): SigningPair => ({ kid, alg, key: privateKey })

/**
 * Everything that a verifier of all four kinds can know or ask: two Entra clouds, two issuers, a cluster, MCP tokens. Entra's
 * tenant is connected as a plain issuer too, so that a second verifier would often have something to say.
 */
export async function startWorld() {
  const [entra, usgov] = [await startFakeEntra(), await startFakeEntra()]
  const [idp, slashed] = [await startFakeIssuer('/realms/acme'), await startFakeIssuer('/')]
  const cluster = await startKubernetesEmulator({ now })
  const othersKey = { ...OTHER_TENANTS_KEY.publicJwk, issuer: entra.issuer(OTHER_TENANT) }
  entra.answers.set(entra.keysPath(), json({ keys: [KEY.publicJwk, othersKey] }))
  usgov.answers.set(usgov.keysPath(OTHER_TENANT), json({ keys: [KEY.publicJwk] }))
  idp.answers.set('/keys', json({ keys: [ISSUER_KEY, EDDSA, ES256, PS256].map(({ jwk }) => jwk) }))

  const clouds = {
    global: entra.clouds.global,
    usgov: { authority: usgov.authority },
    china: ENTRA_CLOUDS.china,
  }
  const ofEntra = localSource([
    connection({ acceptedRoles: ['Mcp.Call'] }),
    connection({ cloud: 'usgov', tenantId: OTHER_TENANT }),
  ])
  const shadow = { issuer: entra.issuer(), audience: API, keysUrl: entra.authority + entra.keysPath() }
  const ofOidc = [
    idp.connection(),
    idp.connection({ teamspaceId: 'team-b', audience: 'client-1', requiredScope: null }),
    slashed.connection(),
    idp.connection(shadow),
  ]
  const minted = { good: mintMcpToken(), expired: mintMcpToken(), revoked: mintMcpToken() }
  const records = new Map<string, McpTokenRecord>([
    [minted.good.tokenHash, { id: 'good', teamspaceId: 'team-a', revoked: false }],
    [minted.expired.tokenHash, { id: 'expired', teamspaceId: 'team-a', revoked: false, expiresAtSeconds: NOW_SECONDS }],
    [minted.revoked.tokenHash, { id: 'revoked', teamspaceId: 'team-a', revoked: true }],
  ])
  const places: Readonly<Record<string, string>> = {
    [entra.authority + entra.keysPath()]: 'entra keys',
    [usgov.authority + usgov.keysPath(OTHER_TENANT)]: 'usgov keys',
    [idp.origin + idp.metadataPath]: 'issuer metadata',
    [`${idp.origin}/keys`]: 'issuer keys',
    [slashed.origin + slashed.metadataPath]: 'slashed metadata',
    [`${slashed.origin}/keys`]: 'slashed keys',
  }
  let credulous = false
  const answered = new Map<string, string>()

  /** Each place is asked once over the network; after that its answer is known, and that it was asked is noted still. */
  async function fetchNoting(url: string, note: (what: string) => void): Promise<Response> {
    note(places[url] ?? `elsewhere: ${url}`)
    if (places[url] === undefined) throw new Error(`Nobody may ask ${url}`)
    let body = answered.get(url)
    if (body === undefined) answered.set(url, (body = await (await fetch(url)).text()))
    return new Response(body)
  }

  function optionsNoting(note: (what: string) => void) {
    const jwt = { fetch: ((url: string) => fetchNoting(url, note)) as typeof fetch, now }
    return {
      entra: {
        ...jwt,
        clouds,
        connections: { find: (...address: [string, string]) => (note('find entra'), ofEntra.find(...address)) },
      },
      oidc: {
        ...jwt,
        connections: {
          find: (issuer: string) => (note('find oidc'), ofOidc.filter((known) => known.issuer === issuer)),
        },
      },
      tokens: {
        tokens: {
          find: (hash: string) => (note('find token'), credulous ? CREDULOUS_RECORD : records.get(hash)),
        },
      },
      kubernetes: createKubernetesVerifier(
        {
          teamspaceId: 'team-a',
          audience: 'sallyport',
          verify: 'tokenreview',
          cluster: { name: 'test', server: cluster.url, credential: cluster.reviewer },
        },
        { now },
      ),
    } satisfies VerifierOptions
  }

  /** A verifier that has seen nothing yet, and what it asked since one last looked: look-ups once, network calls each. */
  function watch(): { verifier: Verifier; asked: () => string[] } {
    let notes: string[] = []
    let reviewsBefore = cluster.requests.length
    const note = (what: string) => void (what.startsWith('find') && notes.includes(what) ? 0 : notes.push(what))
    return {
      verifier: createVerifier({ ...optionsNoting(note), now }),
      asked() {
        const reviews = cluster.requests.slice(reviewsBefore).map((request) => REVIEW_NAMES[request] ?? request)
        const asked = [...notes, ...reviews]
        notes = []
        reviewsBefore = cluster.requests.length
        return asked
      },
    }
  }

  /** The verifier of one kind, alone, with the same sources. */
  function alone(kind: TokenKind): Pick<TokenVerifier, 'verify'> {
    const { entra: ofEntra, oidc, tokens, kubernetes } = optionsNoting(() => {})
    if (kind === 'entra') return createEntraVerifier(ofEntra)
    if (kind === 'oidc') return createOidcVerifier(oidc)
    return kind === 'token' ? createMcpTokenVerifier({ ...tokens, now }) : kubernetes
  }

  const account = { namespace: 'agents', name: 'crawler', audiences: ['sallyport'] }
  cluster.issueToken({ ...account, name: 'deleted' })
  const deleted = cluster.issueToken({ ...account, name: 'deleted' })
  cluster.deleteAccount({ ...account, name: 'deleted' })
  const issued: Issued = {
    nowSeconds: NOW_SECONDS,
    entra: {
      claims: userClaims(entra),
      pair: entraPair(),
      issuer: entra.issuer(),
      authority: entra.authority,
      tenantId: TENANT,
      usgov: { iss: usgov.issuer(OTHER_TENANT), tid: OTHER_TENANT },
      othersPair: entraPair(OTHER_TENANTS_KEY),
    },
    oidc: {
      claims: idp.claims(),
      pair: issuerPair(),
      otherPairs: [EDDSA, ES256, PS256].map(issuerPair),
      origin: idp.origin,
      slashed: slashed.issuer,
      secondAudience: 'client-1',
    },
    kubernetes: {
      claims: cluster.claimsFor(account),
      sign: cluster.signClaims,
      opaque: cluster.issueOpaque({
        username: 'system:serviceaccount:agents:crawler',
        audiences: ['sallyport'],
      }),
      anonymous: cluster.issueOpaque({ username: 'system:anonymous', audiences: ['sallyport'] }),
      deleted,
    },
    tokens: { good: minted.good.token, expired: minted.expired.token, revoked: minted.revoked.token },
  }

  return {
    issued,
    watch,
    alone,
    /** From now on the cluster knows everybody, and so does the source of MCP tokens. */
    setCredulous(on: boolean): void {
      credulous = on
      cluster.answerWith(on ? CREDULOUS_STATUS : undefined)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([entra, usgov, idp, slashed, cluster].map((server) => server[Symbol.asyncDispose]()))
    },
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>

const REVIEW_NAMES: Readonly<Record<string, string>> = {
  'POST /apis/authentication.k8s.io/v1/tokenreviews': 'TokenReview',
}
