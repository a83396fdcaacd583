import { entraIssuerOf } from '@sallyport/verifier'
import type { EntraClouds, JsonObject } from '@sallyport/verifier'
import type { ConnectionView } from './connection-view.ts'
import { judgeEntra } from './judge-entra-token.ts'
import { judgeOther } from './judge-other-token.ts'
import { shown } from './token-lines.ts'
import type { TokenLine } from './token-lines.ts'

/** A connection, by the name that its teamspace has for people. */
export interface NamedConnection {
  readonly teamspace: string
  readonly connection: ConnectionView
}

export interface TokenExplanation {
  /** The one sentence that matters most. */
  readonly says: string
  readonly isAccepted: boolean
  readonly teamspace?: string
  readonly kind?: ConnectionView['kind']
  readonly lines: readonly TokenLine[]
}

export interface TokenJudges {
  readonly connections: readonly NamedConnection[]
  readonly clouds: EntraClouds
  readonly nowSeconds: number
  readonly toleranceSeconds: number
}

/** Microsoft Graph by its well-known id, and by its addresses in all clouds. */
const GRAPH =
  /^(?:00000003-0000-0000-c000-000000000000|https:\/\/(?:dod-)?(?:graph\.microsoft\.(?:com|us)|microsoftgraph\.chinacloudapi\.cn)\/?)$/i

/** What each claim should be for the connection that would judge the token. The signature is not checked. */
export function explainJwt(header: JsonObject, payload: JsonObject, judges: TokenJudges): TokenExplanation {
  if (header['nonce'] !== undefined || audiencesOf(payload).some((audience) => GRAPH.test(audience))) {
    return {
      says: forGraph(payload, judges),
      isAccepted: false,
      lines: [{ name: 'aud', value: shown(payload['aud']), verdict: 'wrong' }],
    }
  }
  const chosen = choose(payload, judges)
  if (!chosen) return { says: nobody(payload), isAccepted: false, lines: unjudged(payload) }
  const { teamspace, connection } = chosen
  const judge = connection.kind === 'entra' ? judgeEntra : judgeOther
  const lines = judge(header, payload, { ...judges, connection: connection as never })
  const wrong = lines.filter(({ verdict }) => verdict === 'wrong')
  const [first] = wrong
  const says = first
    ? `Refused by the ${connection.kind} connection of ${teamspace}: ${wrong.map(({ name }) => name).join(', ')}`
    : `The ${connection.kind} connection of ${teamspace} would take this token, if its signature holds`
  return { says, isAccepted: first === undefined, teamspace, kind: connection.kind, lines }
}

const audiencesOf = ({ aud }: JsonObject): string[] =>
  (Array.isArray(aud) ? aud.slice(0, 20) : [aud]).filter((audience) => typeof audience === 'string')

/** S5-51: the commonest trap. Asking for OIDC scopes alone gives a token for Graph. */
function forGraph({ tid }: JsonObject, { connections }: TokenJudges): string {
  const own = connections.find(
    ({ connection }) => connection.kind === 'entra' && connection.tenantId === tid,
  )?.connection
  const scope = own
    ? `api://${own.audience.replace(/^api:\/\//, '')}/${own.requiredScope ?? '.default'}`
    : 'api://…/SCOPE'
  return `This token is for Microsoft Graph, and only Graph can verify it: request ${scope}`
}

/** The one that agrees in most; issuer before audience, since an issuer's tokens are nobody else's. */
function choose(payload: JsonObject, judges: TokenJudges): NamedConnection | undefined {
  const scored = judges.connections.map((named) => ({
    named,
    score: scoreOf(named.connection, payload, judges.clouds),
  }))
  const [best] = scored.toSorted((one, other) => other.score - one.score)
  return best && best.score > 0 ? best.named : undefined
}

function scoreOf(connection: ConnectionView, payload: JsonObject, clouds: EntraClouds): number {
  const isAudience = audiencesOf(payload).some((audience) => isSame(audience, connection.audience))
  return (isIssuer(connection, payload, clouds) ? 2 : 0) + (isAudience ? 1 : 0)
}

const isSame = (one: string, other: string): boolean =>
  one.replace(/^api:\/\//, '').toLowerCase() === other.replace(/^api:\/\//, '').toLowerCase()

function isIssuer(connection: ConnectionView, { iss, tid }: JsonObject, clouds: EntraClouds): boolean {
  if (connection.kind !== 'entra') return connection.issuer !== undefined && iss === connection.issuer
  return tid === connection.tenantId || entraIssuerOf(iss, clouds)?.tenantId === connection.tenantId
}

const nobody = ({ iss, aud }: JsonObject): string =>
  `No connection is for tokens of ${shown(iss)} with the audience ${shown(aud)}: add one with \`sallyport connection set\``

const unjudged = (payload: JsonObject): TokenLine[] =>
  ['iss', 'aud', 'tid', 'ver', 'azp', 'scp', 'scope', 'roles'].flatMap((name) =>
    payload[name] === undefined ? [] : [{ name, value: shown(payload[name]), verdict: 'note' } as const],
  )
