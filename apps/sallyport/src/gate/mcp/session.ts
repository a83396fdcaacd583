import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import { deriveKey } from '../../store/sealer.ts'

/** Who may use a session: a session id never authenticates, and is worth nothing in another principal's hands. */
export interface SessionOwner {
  readonly server: string
  readonly teamspaceId: string
  /** Of a member or of an MCP token. */
  readonly principalId: string
  readonly clientId: string
}

const MAC_BYTES = 24
const MAX_LENGTH = 1024

/**
 * Session ids as clients see them: the server's own id and a MAC over it and its owner (X-44; route and client are part
 * of the binding, GHSA-mvgg-jvj2-4frq). Nothing is stored, so any replica can check any session.
 */
export function sessionBinder(instanceKey: Uint8Array) {
  const key = deriveKey(createSecretKey(instanceKey), 'session binding')

  const macOf = (upstreamId: string, owner: SessionOwner) =>
    createHmac('sha256', key)
      .update([owner.server, owner.teamspaceId, owner.principalId, owner.clientId, upstreamId].join('\0'))
      .digest()
      .subarray(0, MAC_BYTES)

  return {
    /** The id that the client is given for the server's id. */
    wrap: (upstreamId: string, owner: SessionOwner): string =>
      `${Buffer.from(upstreamId, 'latin1').toString('base64url')}.${macOf(upstreamId, owner).toString('base64url')}`,

    /** The server's id, or undefined when the session is not this owner's. */
    unwrap(presented: string, owner: SessionOwner): string | undefined {
      if (presented.length > MAX_LENGTH) return undefined
      const [id, mac, ...rest] = presented.split('.')
      if (!id || !mac || rest.length > 0) return undefined
      const upstreamId = Buffer.from(id, 'base64url').toString('latin1')
      const given = Buffer.from(mac, 'base64url')
      if (given.length !== MAC_BYTES || !timingSafeEqual(given, macOf(upstreamId, owner))) return undefined
      return upstreamId
    },
  }
}

export type SessionBinder = ReturnType<typeof sessionBinder>
