import type { Selectable } from 'kysely'

export interface TeamspaceTable {
  id: string
  slug: string
  name: string
  created_at: number
}

export type TeamspaceRow = Selectable<TeamspaceTable>
