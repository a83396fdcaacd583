import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Raises this process's limit (children inherit it) as far as allowed, and answers what it is then. */
export function raiseOpenFiles(wanted: number): number {
  const { hard } = openFileLimits()
  for (const [soft, top] of [
    [Math.max(wanted, hard), Math.max(wanted, hard)],
    [hard, hard],
  ]) {
    try {
      execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:${top}`], { stdio: 'ignore' })
      break
    } catch {
      // Raising the hard limit is for root, and prlimit may be absent: what there is must do.
    }
  }
  return openFileLimits().soft
}

function openFileLimits(): { soft: number; hard: number } {
  const [, soft, hard] = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
  return { soft: Number(soft ?? 1024), hard: Number(hard ?? 1024) }
}

/** A proxied stream is two sockets in the proxy; some files are kept for everything else. */
export const streamsWithin = (openFiles: number, wanted: number): number =>
  Math.max(0, Math.min(wanted, Math.floor((openFiles - 500) / 2)))
