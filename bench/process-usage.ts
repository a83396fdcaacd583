import { readFileSync } from 'node:fs'

/** Linux reports process times to user space in 1/100 s on every architecture Node supports (USER_HZ). */
const MICROSECONDS_PER_TICK = 10_000

/** CPU time (user and system) that a process has used, all of its threads together. */
export function cpuMicroseconds(pid: number): number {
  return cpuFromStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

/** proc(5): the second field is the name in brackets and may hold spaces; utime and stime are fields 14 and 15. */
export function cpuFromStat(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * MICROSECONDS_PER_TICK
}

export function residentMegabytes(pid: number): number {
  const kilobytes = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kilobytes ?? NaN) / 1024
}
