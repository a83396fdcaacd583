import { checkTeamspaceId } from './database-name.ts'

/**
 * The teamspace of a process that talks over stdio, where nobody sends a token: `STDIO_TENANT_ID`, or `dev`. It warns each
 * time, on stderr unless told, since stdout is the protocol. Never call it for HTTP: there a missing token is a 401.
 *
 * ```ts
 * const teamspaceId = stdioTeamspace(process.env)
 * ```
 */
export function stdioTeamspace(
  env: Readonly<Record<string, string | undefined>>,
  warn: (warning: string) => void = console.error,
): string {
  const { STDIO_TENANT_ID: configured, NODE_ENV } = env
  if (configured === undefined && NODE_ENV === 'production') {
    throw new Error('STDIO_TENANT_ID is not set: in production the teamspace of stdio is named, never assumed')
  }
  const teamspaceId = configured ?? 'dev'
  checkTeamspaceId(teamspaceId)
  const name = JSON.stringify(teamspaceId)
  warn(`WARNING: stdio is not for production. Nobody is authenticated; every call is of teamspace ${name}.`)
  return teamspaceId
}
