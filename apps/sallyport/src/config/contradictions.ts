import type { Problem } from './findings.ts'
import { modesInFile, outboundMisfit } from './modes.ts'
import type { ConfigFile } from './schema.ts'
import { identityProblems } from './signed-identity.ts'

type ServerFile = ConfigFile['servers'][string]

/** Where settings that are right by themselves do not go together. */
export function contradictions(config: ConfigFile): Problem[] {
  const servers = Object.entries(config.servers)
  const problems = servers.flatMap(([name, server], index) => {
    const twin = servers.slice(0, index).findLast(([, earlier]) => earlier.path === server.path)?.[0]
    const own = [
      ...(twin === undefined ? [] : [{ path: ['path'], message: `is also the path of ${twin}` }]),
      ...ofServer(server, config, name),
    ]
    return own.map(({ path, message }): Problem => ({ path: ['servers', name, ...path], message }))
  })
  if (config.defaultServer !== undefined && !Object.hasOwn(config.servers, config.defaultServer)) {
    problems.push({ path: ['defaultServer'], message: `${config.defaultServer} is not among the servers` })
  }
  return problems
}

/** With paths below the server's own. */
function ofServer(server: ServerFile, config: ConfigFile, name: string): Problem[] {
  const { outbound, forwardHeaders, path, resourcePath = path } = server
  const problems: Problem[] = []
  if (!`${path}/`.startsWith(`${resourcePath}/`)) {
    problems.push({ path: ['resourcePath'], message: 'must be a leading part of path' })
  }
  const misfit = outboundMisfit(outbound.kind, modesInFile(config, name))
  if (misfit !== undefined) problems.push({ path: ['outbound', 'kind'], message: misfit })
  problems.push(...identityProblems(server, config.publicUrl))
  if ('header' in outbound && forwardHeaders.some(isSameHeader(outbound.header))) {
    const message = `has ${outbound.header}, the header of outbound: callers could send their own`
    problems.push({ path: ['forwardHeaders'], message })
  }
  return problems
}

/** Many servers hand `-` and `_` to their programs as one character (RFC 3875 §4.1.18). */
export const isSameHeader = (name: string) => (other: string) =>
  other.replaceAll('_', '-') === name.replaceAll('_', '-')
