import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { sayIssue } from '../config/say-issue.ts'
import { readBytes, unreadable } from './read-bytes.ts'

/** A small YAML or JSON file as a plain value. `-` is the standard input. */
export async function readDocument(file: string, maxBytes: number): Promise<unknown> {
  const text = (await readBytes(file, maxBytes)).toString()
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const [error] = document.errors
  if (error) throw unreadable(file, `line ${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0]}`)
  try {
    return document.toJS({ maxAliasCount: 0 }) // a few lines of aliases can stand for gigabytes
  } catch {
    throw unreadable(file, 'YAML aliases are not taken: write the value out')
  }
}

/** What a file holds, when it is what it should be; `under` is where in the file the value stands. */
export function readAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  file: string,
  under: readonly string[] = [],
): z.output<Schema> {
  const read = schema.safeParse(value, { error: sayIssue })
  if (read.success) return read.data
  const problems = read.error.issues.slice(0, 10).map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? [issue.keys[0]!] : []
    const where = [...under, ...issue.path, ...keys].join('.')
    return `${where} ${keys.length > 0 ? 'is not known here' : issue.message}`.trim()
  })
  throw unreadable(file, problems.join('\n  '))
}
