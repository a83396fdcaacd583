import type { ToolClass } from './tool-class.ts'

/** What servers were heard to offer in a teamspace. People may see different lists: this is all of them together. */
export interface ServerToolTable {
  teamspace_id: string
  /** By its name in the configuration. */
  server: string
  name: string
  class: ToolClass
  title: string | null
  /** When a list named it last, or half a day before. */
  seen_at: number
}
