import type { run } from 'node:test'

type TestsStream = ReturnType<typeof run>

export interface WatchOptions {
  readonly files: readonly string[]
  /** Only tests of certain names are run, so a file may well have none of them. */
  readonly filtered: boolean
  /** Called when nothing was heard for too long: a file that never ends would otherwise keep the run for ever. */
  readonly stop: () => void
  readonly maxSilenceMs: number
}

/** Sees what the runner itself lets pass as success. `problems()` is complete when the stream has ended. */
export function watchRun(stream: TestsStream, { files, filtered, stop, maxSilenceMs }: WatchOptions) {
  const unfinished = new Set(files)
  const testsOf = new Map(files.map((file) => [file, 0]))
  const problems: string[] = []
  const silence = setTimeout(() => {
    problems.push(`Nothing happened for ${maxSilenceMs / 1000} s. Not finished: ${[...unfinished].join(', ')}`)
    stop()
  }, maxSilenceMs)
  stream.on('data', () => silence.refresh())
  stream.on('test:complete', ({ name }) => void unfinished.delete(name))
  // A file that registers no test has no summary of its own; the runner reports it as one passing test.
  stream.on('test:summary', ({ file, counts }) => {
    if (file !== undefined) testsOf.set(file, counts.tests)
  })
  stream.once('test:fail', () => problems.push('A test failed.'))
  return {
    problems(): string[] {
      clearTimeout(silence)
      const empty = files.filter((file) => testsOf.get(file) === 0)
      if (empty.length === files.length) problems.push('No test ran.')
      else if (!filtered) problems.push(...empty.map((file) => `No test ran in ${file}.`))
      return problems
    },
  }
}
