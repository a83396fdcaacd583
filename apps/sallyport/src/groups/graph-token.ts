import type { EntraClouds } from '@sallyport/verifier'
import type { EntraConnectionRecord } from '../connections/connection.ts'
import { classifyFailure } from '../exchange/entra-failure.ts'
import { askTokenEndpoint } from '../exchange/entra-token-endpoint.ts'
import { GateFault } from '../outcome/fault.ts'
import { tokenFailure } from './graph-fault.ts'
import type { GraphFailure } from './graph-fault.ts'

const TIMEOUT_SECONDS = 5
const EARLY_SECONDS = 120
const MISCONFIGURED_SECONDS = 10

export interface GraphOptions {
  readonly clouds: EntraClouds
  readonly fetch: typeof fetch
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export interface GraphToken {
  readonly accessToken: string
  /** Milliseconds since the epoch; from then on it is not used any more. */
  readonly endsAt: number
}

/** The gateway client's own token for Microsoft Graph, by client credentials: one for all who ask, until it ends. */
export function createGraphToken(connection: EntraConnectionRecord, graph: string, options: GraphOptions) {
  const { now } = options
  let current: GraphToken | undefined
  let asking: Promise<GraphToken | GraphFailure> | undefined

  async function request(): Promise<GraphToken | GraphFailure> {
    const askedAt = now()
    const parameters = { grant: 'client_credentials', scope: `${graph}/.default` }
    try {
      const answer = await askTokenEndpoint(connection, parameters, { ...options, timeoutSeconds: TIMEOUT_SECONDS })
      if (!('accessToken' in answer)) return tokenFailure(classifyFailure(answer, NOBODY_TO_CHALLENGE))
      const { accessToken, expiresInSeconds } = answer
      return { accessToken, endsAt: askedAt + (expiresInSeconds - EARLY_SECONDS) * 1000 }
    } catch (fault) {
      if (!(fault instanceof GateFault)) throw fault
      return tokenFailure({ outcome: fault, holdSeconds: MISCONFIGURED_SECONDS })
    }
  }

  return {
    async get(): Promise<GraphToken | GraphFailure> {
      if (current && now() < current.endsAt) return current
      asking ??= request().finally(() => (asking = undefined))
      const answer = await asking
      if ('accessToken' in answer) current = answer
      return answer
    },
    /** After Graph refused it; of many that were refused with one token, the late ones do not drop its successor. */
    forget(refused: GraphToken): void {
      if (current === refused) current = undefined
    },
  }
}

/** No person is signed in here, so there is nobody to ask for more proof. */
const NOBODY_TO_CHALLENGE = { clientTakesClaims: false, authorizationUri: '' }
