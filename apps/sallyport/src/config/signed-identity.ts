import type { Problem } from './findings.ts'
import type { ConfigFile } from './schema.ts'

type ServerFile = ConfigFile['servers'][string]

/** What `aud` names: the server's own address, unless it goes by another name. */
export function identityAudience({ upstream, outbound }: ServerFile): string {
  const { origin, pathname } = new URL(upstream)
  return (outbound.kind === 'signed-identity' && outbound.audience) || `${origin}${pathname}`
}

/** Why what the server is to be shown would be worth less than it seems; paths are the server's own settings. */
export function identityProblems(server: ServerFile, publicUrl: string): Problem[] {
  if (server.outbound.kind !== 'signed-identity') return []
  const audience = identityAudience(server)
  if (!URL.canParse(audience) || new URL(audience).origin !== new URL(publicUrl).origin) return []
  const message = `is ${audience}, the gate's own: the server could use it here in its caller's name`
  return [{ path: ['outbound', 'audience'], message }]
}
