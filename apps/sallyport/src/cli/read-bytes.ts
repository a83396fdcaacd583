import { open } from 'node:fs/promises'
import { CommandFailed } from './terminal.ts'

/** Of a command that judges files: what it was given is no file of its kind. */
const UNREADABLE = 2

export const unreadable = (file: string, why: string): CommandFailed =>
  new CommandFailed(`${file === '-' ? 'standard input' : file}: ${why}`, UNREADABLE)

/** A small file, whole. `-` is the standard input. */
export async function readBytes(file: string, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  try {
    await using handle = await open(file === '-' ? '/dev/stdin' : file)
    const chunks: Buffer[] = []
    let bytes = 0
    for await (const chunk of handle.createReadStream({ autoClose: false }) as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      if ((bytes += chunk.length) > maxBytes) throw unreadable(file, `is larger than ${maxBytes} bytes`)
    }
    return Buffer.concat(chunks)
  } catch (error) {
    if (error instanceof CommandFailed) throw error
    throw unreadable(file, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`)
  }
}
