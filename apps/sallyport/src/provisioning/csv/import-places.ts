/** Of one teamspace at once. Each holds its file in memory, to the end of an answer that may be read slowly. */
export const MAX_IMPORTS = 4

export interface ImportPlaces {
  /** A place, to be given back; undefined when all of the teamspace are taken. */
  take(teamspaceId: string): { leave(): void } | undefined
}

/** Keeps one teamspace's files from taking the memory that calls of all of them need. */
export function createImportPlaces(max = MAX_IMPORTS): ImportPlaces {
  const taken = new Map<string, number>()
  return {
    take(teamspaceId) {
      const count = taken.get(teamspaceId) ?? 0
      if (count >= max) return undefined
      taken.set(teamspaceId, count + 1)
      let isOver = false
      return {
        leave() {
          if (isOver) return
          isOver = true
          const left = taken.get(teamspaceId)! - 1
          if (left > 0) taken.set(teamspaceId, left)
          else taken.delete(teamspaceId)
        },
      }
    },
  }
}
