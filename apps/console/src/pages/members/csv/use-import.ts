import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { importMembers } from './import-stream.ts'
import type { ImportMode, ImportRequest, ImportSummary, Progress, RowResult } from './import-stream.ts'

/** An import as far as it is. */
export interface Import {
  readonly mode: ImportMode
  readonly isRunning: boolean
  readonly results: readonly RowResult[]
  readonly progress?: Progress
  /** There when it came to its end. */
  readonly summary?: ImportSummary
  readonly error?: unknown
}

/** One import at a time; leaving the page stops listening to it. */
export function useImport() {
  const client = useQueryClient()
  const [shown, setShown] = useState<Import>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  const start = async (request: ImportRequest): Promise<void> => {
    running.current?.abort()
    const controller = new AbortController()
    running.current = controller
    const { mode } = request
    setShown({ mode, isRunning: true, results: [] })
    try {
      for await (const { results, ...news } of importMembers(request, controller.signal)) {
        if (controller.signal.aborted) return
        setShown((before) => ({
          ...before,
          mode,
          isRunning: true,
          results: [...(before?.results ?? []), ...results],
          ...news,
        }))
      }
      setShown((before) => before && { ...before, isRunning: false })
    } catch (error) {
      if (!controller.signal.aborted) setShown((before) => ({ mode, results: [], ...before, isRunning: false, error }))
    }
    // Also after an error: rows may have been written before it.
    if (mode !== 'dry-run') await client.invalidateQueries({ queryKey: ['members', request.slug] })
  }
  const reset = () => {
    running.current?.abort()
    setShown(undefined)
  }
  return { shown, start, reset }
}
