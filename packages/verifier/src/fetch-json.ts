export interface FetchJsonOptions {
  readonly fetch: typeof globalThis.fetch
  readonly timeoutSeconds: number
  readonly maxBytes: number
}

/**
 * GET, bounded in time and size. Redirects are refused: where keys and connections come from is configured,
 * not negotiated. Answers the status and, for a 200, the parsed body; throws for everything else.
 */
export async function fetchJson(url: string, options: FetchJsonOptions): Promise<{ status: number; body?: unknown }> {
  const response = await options.fetch(url, {
    redirect: 'error',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(options.timeoutSeconds * 1000),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    return { status: response.status }
  }
  return { status: 200, body: JSON.parse(await readBounded(response, options.maxBytes)) }
}

async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength
    if (length > maxBytes) throw new Error(`The answer is larger than ${maxBytes} bytes`) // leaving the loop cancels the body
    chunks.push(chunk)
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
}
