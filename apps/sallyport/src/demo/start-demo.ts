import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createMcpTokenStore } from 'findings'
import pino from 'pino'
import { createHttpAdminClient } from '../cli/admin-client.ts'
import { loadConfig } from '../config/load-config.ts'
import { startSallyport } from '../serve/start.ts'
import { createLog } from '../telemetry/log.ts'
import { demoConfigText, FILES, WORKLOAD_TEAMSPACE } from './demo-config.ts'
import { loadDemoDirectory } from './demo-directory.ts'
import type { DemoFile } from './demo-files.ts'
import { OIDC_TEAMSPACE, WORKLOAD } from './demo-people.ts'
import { checkFree, portsFrom } from './demo-ports.ts'
import { seedHistory } from './history/seed-history.ts'
import { addressesOf, describeDemo, TOKEN_TEAMSPACE } from './describe-demo.ts'
import { keepMcpToken } from './keep-mcp-token.ts'
import { keptIn, newSecret, writePrivate } from './kept-file.ts'
import { seedOidc } from './seed-oidc.ts'
import { seedPolicy } from './seed-policy.ts'
import { seedTeamspaces } from './seed-teamspaces.ts'
import { seedWorkload } from './seed-workload.ts'
import { keepSharedCredential } from './shared-credential.ts'
import { startIssuers } from './start-issuers.ts'
import type { Part } from './start-issuers.ts'
import { startServerBehind } from './start-server-behind.ts'

const DAY_SECONDS = 24 * 60 * 60

export interface Demo {
  readonly file: DemoFile
  readonly dataDir: string
  /** Makes whoever opens it the operator; undefined when there is one already. */
  readonly bootstrapLink: string | undefined
  close(): Promise<void>
}

/**
 * Everything on one machine: an Entra, an OpenID provider and a Kubernetes API server that vouch for callers, the gate,
 * and the findings server behind it. Rejects with one clear line, and with all of it closed again, when a part cannot
 * start.
 */
export async function startDemo(portBase: number, dataDir: string): Promise<Demo> {
  const ports = portsFrom(portBase)
  for (const port of Object.values(ports)) await checkFree(port)
  await mkdir(dataDir, { recursive: true, mode: 0o700 })
  const inFolder = (name: string) => path.join(dataDir, name)
  const configFile = inFolder('sallyport.yaml')
  const draft = `${configFile}.${process.pid}`
  const { seed, tenants } = await loadDemoDirectory()
  await writeFile(draft, demoConfigText(ports, tenants), { mode: 0o600 })
  const log = createLog(pino.destination({ dest: inFolder('sallyport.log'), sync: true, mode: 0o600 }))
  const { placeOf, anywhere } = addressesOf(ports)

  const started: Part[] = []
  const close = async () => {
    for (const part of started.reverse()) await part.close()
  }
  try {
    const reviewer = await keptIn(inFolder(FILES.reviewer), newSecret)
    const clusterAdmin = newSecret()
    const { identityProvider, cluster } = await startIssuers({ seed, ports, reviewer, clusterAdmin }, started)
    const tokens = createMcpTokenStore(inFolder('findings'))
    started.push(tokens)
    await keepSharedCredential(inFolder(FILES.sharedCredential), tokens)
    const gatewaySecret = await keptIn(inFolder(FILES.gatewaySecret), newSecret)
    // The operator's environment is for `serve`; a demo must not write to the database it names.
    const config = await loadConfig(draft, {})
    await seedHistory(config, tenants, { now: Date.now(), log })
    const sallyport = await startSallyport(config, { log })
    started.push(sallyport)
    await rename(draft, configFile) // not before the database is ours: another demo may be running on this folder
    const admin = createHttpAdminClient(sallyport, fetch)
    const workloadUrl = placeOf(WORKLOAD_TEAMSPACE, 'scanner')
    await seedTeamspaces(admin, tenants)
    await seedOidc(admin, { issuer: identityProvider.issuer, audience: placeOf(OIDC_TEAMSPACE.slug, 'scanner') })
    await seedWorkload(admin, workloadUrl)
    await seedPolicy(admin)

    const behind = { connectionsUrl: sallyport.adminUrl, tokens, dataDir: inFolder('findings'), log }
    started.push(await startServerBehind(ports, behind))

    const tokenFile = inFolder('crawler.token')
    const workloadToken = { ...WORKLOAD, audiences: [workloadUrl], expiresInSeconds: DAY_SECONDS }
    await writePrivate(tokenFile, `${cluster.issueToken(workloadToken)}\n`)
    const mcpToken = await keepMcpToken(admin, {
      file: inFolder('acme.mcp-token'),
      slug: TOKEN_TEAMSPACE,
      mcpUrl: anywhere('scanner'),
    })
    const { operatorToken } = sallyport
    const file = describeDemo(ports, tenants, { operatorToken, mcpToken, gatewaySecret, clusterAdmin }, tokenFile)
    await writePrivate(inFolder('demo.json'), `${JSON.stringify(file, undefined, 2)}\n`)
    return { file, dataDir, bootstrapLink: sallyport.bootstrapLink, close }
  } catch (error) {
    await close()
    await rm(draft, { force: true })
    throw error
  }
}
