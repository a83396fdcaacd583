export type DatabaseLocation =
  { readonly engine: 'sqlite'; readonly path: string } | { readonly engine: 'postgres'; readonly url: string }

/** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. The refusal never shows the URL: it may hold a password. */
export function parseDatabaseUrl(url: string): DatabaseLocation {
  if (/^postgres(ql)?:\/\//.test(url)) return { engine: 'postgres', url }
  // `sqlite://data.db` would be read as `/data.db`, which nobody means.
  const path = /^sqlite:(?!\/\/[^/])(.+)$/.exec(url)?.[1]
  if (path !== undefined && !path.includes('\0')) return { engine: 'sqlite', path }
  throw new Error('The database URL must be sqlite:PATH, sqlite::memory: or postgres://….')
}
