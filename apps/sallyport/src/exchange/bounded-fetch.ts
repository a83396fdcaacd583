import { readBounded } from '../http/read-bounded.ts'

/** A `fetch` whose answers are read whole, at most `maxBytes` of them, and that follows no redirects. */
export function boundedFetch(fetcher: typeof fetch, maxBytes: number): typeof fetch {
  return async (input, init) => {
    const response = await fetcher(input, { ...init, redirect: 'manual' })
    const body = await readBounded(response.body, maxBytes)
    if (body === undefined) throw new Error(`answer longer than ${maxBytes} bytes`)
    const bodiless = response.status === 204 || response.status === 304 || response.status < 200
    return new Response(bodiless ? null : body, { status: response.status, headers: response.headers })
  }
}
