import { LineCounter, parseDocument } from 'yaml'
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
