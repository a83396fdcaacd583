import { readFileSync } from 'node:fs'
import { findProgram } from './children.ts'

/** Which core each part runs on; undefined leaves the choice to the kernel. */
export interface Cores {
  readonly upstream: number | undefined
  readonly proxy: number | undefined
  /** One load process for each entry. */
  readonly load: readonly (number | undefined)[]
  readonly note: string | undefined
}

export function chooseCores(): Cores {
  const pinned = findProgram('taskset') !== undefined
  return assignCores(pinned ? allowedCores(readFileSync('/proc/self/status', 'utf8')) : [])
}

/** The proxy never shares its core while there are two; more than three load processes are never needed. */
export function assignCores([first, second, third, ...rest]: readonly number[]): Cores {
  if (second === undefined)
    return {
      upstream: first,
      proxy: first,
      load: [first],
      note: 'Nothing is pinned, or one core only: read CPU per call.',
    }
  if (third === undefined) {
    const note = 'Two cores: upstream and load share one, so the proxy may not be kept busy; read CPU per call.'
    return { upstream: first, proxy: second, load: [first], note }
  }
  return { upstream: first, proxy: second, load: [third, ...rest].slice(0, 3), note: undefined }
}

export function allowedCores(status: string): number[] {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? ''
  return list.split(',').flatMap((range) => {
    const [from = NaN, to = from] = range.split('-').map(Number)
    return Array.from({ length: to - from + 1 || 0 }, (_, index) => from + index)
  })
}
