/**
 * A whole body, or undefined when it is longer than `maxBytes`. Counted while it arrives: a length that is announced
 * need not be true, or be there. What is too long is not read to its end. `hold` is told of all that is kept, and may throw.
 */
export async function readBounded(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
  hold?: (bytes: number) => void,
): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body ?? []) {
    size += chunk.byteLength
    if (size > maxBytes) return undefined
    hold?.(chunk.byteLength)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
