import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { runToEnd, startChild } from '../children.ts'
import { freePort, untilWritten } from '../ports.ts'
import { CALLED_TOOL, twentyRules } from '../rules.ts'
import { emailOf, objectId } from '../tokens.ts'
import { STATIC_CREDENTIAL, type Proxy, type Row, type Setting } from './row.ts'

const OURS = fileURLToPath(new URL('../..', import.meta.url))
const ADDING_AT_ONCE = 16
/** Out of reach, so that every call is counted and none refused. */
const OUT_OF_REACH = { calls: 1_000_000_000, seconds: 60 }

const databaseFile = (folder: string): string => join(folder, 'sallyport.db')
const programOf = (checkout: string): string => join(checkout, 'apps/sallyport/src/main.ts')

/** What a row's gate has beyond the defaults. */
interface Extras {
  readonly checkout?: string
  readonly ruled?: boolean
}

const gateRow = (name: Row['name'], title: string, extras: Extras = {}): Row => ({
  name,
  title,
  checks: true,
  absent: () => (existsSync(programOf(extras.checkout ?? OURS)) ? undefined : 'there is no gate in the checkout'),
  start: (setting) => startGate(setting, extras),
})

/** As it comes: members, audit trail, metrics, a line in the log for each call, and the limits that have a default. */
export const gate = gateRow('gate', 'Sallyport as it comes')

/** The same process as `gate`, given tokens that nobody has seen before. */
export const gateFresh: Row = { ...gate, name: 'gate-fresh', title: 'Sallyport, every token new' }

export const gateRuled = gateRow('gate-ruled', 'Sallyport, 20 rules and all limits', { ruled: true })

/** To compare two commits in the same rounds. */
export const gateOf = (checkout: string): Row =>
  gateRow('gate-other', 'Sallyport of the other checkout', { checkout: resolve(checkout) })

async function startGate(setting: Setting, { checkout = OURS, ruled = false }: Extras): Promise<Proxy> {
  const { core, node, nodeArguments, issuer } = setting
  const program = programOf(checkout)
  const folder = join(setting.folder, `sallyport-${randomBytes(4).toString('hex')}`)
  await mkdir(folder)
  const [port, adminPort] = [await freePort(), await freePort()]
  const config = join(folder, 'sallyport.yaml')
  await writeFile(config, configuration(setting, { folder, port, adminPort, ruled }))
  // Nothing else is inherited: a DATABASE_URL of the caller's would win over the bench's own database.
  const env = { PATH: process.env['PATH'], SALLYPORT_KEY: randomBytes(32).toString('base64') }
  const cli = (...args: string[]) => runToEnd(node, [program, ...args, '--config', config], { env })

  await cli('teamspace', 'create', 'bench')
  const connection = ['--tenant', issuer.tenantId, '--audience', issuer.audience, '--scope', issuer.scope]
  await cli('connection', 'set', 'bench', '--entra', '--cloud', 'bench', ...connection)
  const serve = [...nodeArguments, program, 'serve', '--config', config]
  const child = startChild(node, serve, { core, env, cwd: folder })
  await untilWritten(child, /Sallyport is ready/)
  await addMembers(folder, setting.members)
  if (ruled) await setPolicy(folder, issuer.scope, cli)
  return { target: { port, path: '/mcp' }, child, recorded: () => auditRows(folder) }
}

interface Place {
  readonly folder: string
  readonly port: number
  readonly adminPort: number
  readonly ruled: boolean
}

const configuration = ({ issuer, upstreamPort }: Setting, { folder, port, adminPort, ruled }: Place): string =>
  // JSON is YAML.
  JSON.stringify({
    publicUrl: `http://127.0.0.1:${port}`,
    listen: { public: `127.0.0.1:${port}`, admin: `127.0.0.1:${adminPort}` },
    database: `sqlite:${databaseFile(folder)}`,
    clouds: { bench: { authority: new URL(issuer.issuer).origin } },
    // One caller opens thousands of streams here.
    limits: {
      rate: {
        principal: OUT_OF_REACH,
        ...(ruled && { teamspace: OUT_OF_REACH, tool: OUT_OF_REACH, address: OUT_OF_REACH }),
      },
      openCalls: { principal: 100_000, teamspace: 100_000 },
    },
    // Calls come from this machine, where no limit of addresses counts; a proxy that names the client is believed.
    ...(ruled && { trustedProxies: ['127.0.0.0/8'] }),
    servers: {
      bench: {
        path: '/mcp',
        upstream: `http://127.0.0.1:${upstreamPort}/mcp`,
        auth: ['EntraJwt'],
        outbound: { kind: 'static', header: 'authorization', value: STATIC_CREDENTIAL },
        ...(ruled && { toolClasses: { [CALLED_TOOL]: 'read' } }),
      },
    },
  })

async function setPolicy(folder: string, scope: string, cli: (...args: string[]) => Promise<string>): Promise<void> {
  const file = join(folder, 'policy.json')
  await writeFile(file, JSON.stringify(twentyRules(scope)))
  await cli('policy', 'set', 'bench', file)
}

/** Through the admin API, with the operator token that a running Sallyport leaves beside its database. */
async function addMembers(folder: string, members: number): Promise<void> {
  const instance = await readFile(`${databaseFile(folder)}-instance`, 'utf8')
  const { adminUrl, operatorToken } = JSON.parse(instance) as { adminUrl: string; operatorToken: string }
  const url = new URL('/api/v1/teamspaces/bench/members', adminUrl)
  const headers = { authorization: `Bearer ${operatorToken}`, 'content-type': 'application/json' }
  const left = Array(members).keys()
  const adder = async () => {
    for (const member of left) {
      const body = JSON.stringify({ email: emailOf(member), objectId: objectId(member), role: 'developer' })
      const answer = await fetch(url, { method: 'POST', headers, body })
      if (!answer.ok) throw new Error(`member ${member} was not added: ${answer.status} ${await answer.text()}`)
      await answer.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: ADDING_AT_ONCE }, adder))
}

/** Read from outside: a gate that loses audit rows under load would look fast. */
function auditRows(folder: string): number {
  const database = new DatabaseSync(databaseFile(folder), { readOnly: true })
  const row = database.prepare('select max(rowid) as latest from audit').get()
  database.close()
  return Number(row?.['latest'] ?? 0)
}
