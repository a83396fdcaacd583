/** A group of 20,000 members, each with its address. */
export const MAX_BODY_BYTES = 6 * 1024 * 1024

/** Of what messages to the gate may fill: provisioning can wait, calls cannot. */
const SHARE = 4
/** Of that, for one teamspace: so that nobody's provisioning keeps others' out. */
const SHARE_OF_ONE = 4

/** What SCIM bodies take of the memory, from their first byte until their request is answered. */
export interface HeldBodies {
  open(teamspaceId: string): HeldBody
}

export interface HeldBody {
  /** Throws where there is no room for so many bytes more. */
  hold(bytes: number): void
  release(): void
}

/** Bodies fill the memory that there is for them: a fault, which passes. */
export class BodiesFull extends Error {
  constructor() {
    super('SCIM bodies fill the memory')
    this.name = 'BodiesFull'
  }
}

/** There is always room for one body of full length, however little `heldBytes` is. */
export function createHeldBodies(heldBytes: number, onFull: (teamspaceId: string) => void = () => {}): HeldBodies {
  const max = Math.max(heldBytes / SHARE, MAX_BODY_BYTES)
  const maxOfOne = Math.max(max / SHARE_OF_ONE, MAX_BODY_BYTES)
  const ofTeamspaces = new Map<string, number>()
  let all = 0

  const add = (teamspaceId: string, bytes: number) => {
    all += bytes
    const left = (ofTeamspaces.get(teamspaceId) ?? 0) + bytes
    if (left === 0) ofTeamspaces.delete(teamspaceId)
    else ofTeamspaces.set(teamspaceId, left)
  }

  return {
    open(teamspaceId) {
      let held = 0
      return {
        hold(bytes) {
          const ofOne = ofTeamspaces.get(teamspaceId) ?? 0
          if (all + bytes > max || ofOne + bytes > maxOfOne) {
            onFull(teamspaceId)
            throw new BodiesFull()
          }
          held += bytes
          add(teamspaceId, bytes)
        },
        release() {
          add(teamspaceId, -held)
          held = 0
        },
      }
    },
  }
}
