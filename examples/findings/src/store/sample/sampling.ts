import { hash } from 'node:crypto'
import { ORGANISATIONS } from './catalogue.ts'
import { drawFrom, pick, type Draw } from './draw.ts'

/** What all samples of one teamspace share. */
export interface Sampling {
  readonly draw: Draw
  readonly organisation: string
  /** An id that no other teamspace has, such as `SAMPLE-CVE-1a2b3c-0007`. */
  readonly idOf: (kind: '' | 'PKG-' | 'CVE-' | 'DAST-', index: number) => string
}

/** Six hex digits that every row of a teamspace carries: a row of another one is seen at a glance. */
export const markOf = (teamspaceId: string) => hash('sha256', teamspaceId).slice(0, 6)

export function samplingOf(teamspaceId: string): Sampling {
  const mark = markOf(teamspaceId)
  const draw = drawFrom(teamspaceId)
  return {
    draw,
    organisation: `${pick(ORGANISATIONS, draw)}-${mark}`,
    idOf: (kind, index) => `SAMPLE-${kind}${mark}-${String(index + 1).padStart(4, '0')}`,
  }
}
