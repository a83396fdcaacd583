import { open } from 'node:fs/promises'
import { CommandFailed, printable } from './terminal.ts'
import type { Terminal } from './terminal.ts'

/** Writes lines as they come: to a new file, which only the owner can read, or to standard output. */
export async function writeStream(
  stream: ReadableStream<Uint8Array>,
  { out, terminal }: { readonly out: string | undefined; readonly terminal: Terminal },
): Promise<void> {
  if (out === undefined) return writeLines(stream, terminal)
  const file = await open(out, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(
      `${out}: cannot be written (${error.code === 'EEXIST' ? 'it is there already' : error.code})`,
    )
  })
  try {
    for await (const chunk of stream) await file.writeFile(chunk)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function writeLines(stream: ReadableStream<Uint8Array>, terminal: Terminal): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r?\n/)
    rest = lines.pop()!
    lines.forEach((line) => terminal.out(printable(line)))
  }
  if (rest !== '') terminal.out(printable(rest))
}
