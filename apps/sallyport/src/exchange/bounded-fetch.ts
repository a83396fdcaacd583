/** A `fetch` whose answers are read whole, at most `maxBytes` of them, and that follows no redirects. */
export function boundedFetch(fetcher: typeof fetch, maxBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await fetcher(input, { ...init, redirect: 'manual' })
    const body = await readBounded(response, maxBytes)
    const bodiless = response.status === 204 || response.status === 304 || response.status < 200
    return new Response(bodiless ? null : body, { status: response.status, headers: response.headers })
  }
}

async function readBounded(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  if (!response.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of response.body) {
    size += chunk.length
    if (size > maxBytes) throw new Error(`answer longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}
