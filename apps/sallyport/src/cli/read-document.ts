import { open } from 'node:fs/promises'
import { LineCounter, parseDocument } from 'yaml'
import { CommandFailed } from './terminal.ts'

/** Of a command that judges files: what it was given is no file of its kind. */
const UNREADABLE = 2

/** A small YAML or JSON file as a plain value. `-` is the standard input. */
export async function readDocument(file: string, maxBytes: number): Promise<unknown> {
  const text = await readText(file, maxBytes)
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

export const unreadable = (file: string, why: string): CommandFailed =>
  new CommandFailed(`${file === '-' ? 'standard input' : file}: ${why}`, UNREADABLE)

async function readText(file: string, maxBytes: number): Promise<string> {
  try {
    await using handle = await open(file === '-' ? '/dev/stdin' : file)
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      if ((bytes += chunk.length) > maxBytes) throw unreadable(file, `is larger than ${maxBytes} bytes`)
    }
    return Buffer.concat(chunks).toString()
  } catch (error) {
    if (error instanceof CommandFailed) throw error
    throw unreadable(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`)
  }
}
