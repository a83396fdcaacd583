import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { demoSeedUrl, loadSeed, startEmulator } from 'entra-emulator'
import { startFindings } from 'findings'
import { parseConfigFile } from '../../../apps/sallyport/src/config/parse-config-file.ts'
import { resolveConfig } from '../../../apps/sallyport/src/config/resolve-config.ts'
import { startSallyport } from '../../../apps/sallyport/src/serve/start.ts'
import { createLog } from '../../../apps/sallyport/src/telemetry/log.ts'
import { freePort } from '../../support/free-port.ts'
import { TEST_SALLYPORT_KEY } from '../../support/sealing-key.ts'

/** A Sallyport as it is after its first start: an empty database, and the servers of whoever runs it. */
export async function startNewInstance() {
  const emulator = await startEmulator({ seed: await loadSeed(demoSeedUrl) })
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-new-'))
  const [gate, admin, findings] = [await freePort(), await freePort(), await freePort()]
  const upstream = `http://127.0.0.1:${findings}/mcp`
  const publicUrl = `http://127.0.0.1:${gate}`
  // The same Entra by another name: it does not call itself that, as when somebody answers in its place.
  const lookalike = emulator.url.replace('127.0.0.1', 'localhost')
  const text = `publicUrl: ${publicUrl}
listen: { public: 127.0.0.1:${gate}, admin: 127.0.0.1:${admin} }
clouds:
  emulator: { authority: '${emulator.url}', graph: '${emulator.url}/graph' }
  lookalike: { authority: '${lookalike}' }
facade: { registration: static }
servers:
  findings: { path: /findings/mcp, upstream: '${upstream}', auth: [EntraJwt], outbound: { kind: entra-obo } }
  scanner:
    path: /scanner/mcp
    upstream: ${upstream}
    auth: [Token]
    outbound: { kind: signed-identity, audience: '${upstream}' }
`
  const env = { DATABASE_URL: `sqlite:${join(folder, 'sallyport.db')}`, SALLYPORT_KEY: TEST_SALLYPORT_KEY }
  const config = await resolveConfig(parseConfigFile(text, 'new.yaml'), { file: 'new.yaml', env })
  const log = createLog(new Writable({ write: (_chunk, _encoding, done) => done() }), config.logLevel)
  const sallyport = await startSallyport(config, { log })
  const server = await startFindings({
    port: findings,
    dataDir: join(folder, 'findings'),
    auth: {
      connectionsUrl: sallyport.adminUrl,
      clouds: { emulator: { authority: emulator.url } },
      oidc: [
        {
          teamspaceClaim: 'teamspace_id',
          issuer: publicUrl,
          keysUrl: `${publicUrl}/.well-known/jwks.json`,
          audience: upstream,
          requiredScope: null,
        },
      ],
    },
  })
  return {
    adminUrl: sallyport.adminUrl,
    bootstrapLink: sallyport.bootstrapLink!,
    emulator,
    async close() {
      await server.close()
      await sallyport.close()
      await emulator.close()
      await rm(folder, { recursive: true })
    },
  }
}
