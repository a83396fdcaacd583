import { startFindings } from 'findings'
import type { FindingsApp, FindingsAuth } from 'findings'
import type { Log } from '../telemetry/log.ts'
import { upstreamUrlOf } from './demo-config.ts'
import { HOST, urlOf } from './demo-ports.ts'
import type { DemoPorts } from './demo-ports.ts'

interface Options {
  readonly connectionsUrl: string
  /** Those of the server's own. */
  readonly tokens: NonNullable<FindingsAuth['tokens']>
  readonly dataDir: string
  readonly log: Log
}

/** The findings server takes what each way in makes of a caller: Entra tokens minted for it, what Sallyport signs, its own. */
export function startServerBehind(
  ports: DemoPorts,
  { connectionsUrl, tokens, dataDir, log }: Options,
): Promise<FindingsApp> {
  const issuer = urlOf(ports.gate)
  return startFindings({
    port: ports.findings,
    host: HOST,
    dataDir,
    auth: {
      connectionsUrl,
      clouds: { emulator: { authority: urlOf(ports.emulator) } },
      oidc: [
        {
          teamspaceClaim: 'teamspace_id',
          issuer,
          keysUrl: `${issuer}/.well-known/jwks.json`,
          audience: upstreamUrlOf(ports),
          requiredScope: null,
        },
      ],
      tokens,
    },
    log: (line) => log(line),
  })
}
