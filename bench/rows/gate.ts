import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { runToEnd, startChild } from '../children.ts'
import { freePort, untilWritten } from '../ports.ts'
import { emailOf, objectId } from '../tokens.ts'
import { STATIC_CREDENTIAL, type Proxy, type Row, type Setting } from './row.ts'

const PROGRAM = fileURLToPath(new URL('../../apps/sallyport/src/main.ts', import.meta.url))
const ADDING_AT_ONCE = 16

const databaseFile = (folder: string): string => join(folder, 'sallyport.db')

const absent = () => (existsSync(PROGRAM) ? undefined : 'the gate is not in this checkout')
const start = startGate

export const gate: Row = { name: 'gate', title: 'Sallyport, members and audit on', checks: true, absent, start }

/** The same process as `gate`, given tokens that nobody has seen before. */
export const gateFresh: Row = { ...gate, name: 'gate-fresh', title: 'Sallyport, every token new' }

async function startGate(setting: Setting): Promise<Proxy> {
  const { core, node, nodeArguments, issuer } = setting
  const folder = join(setting.folder, `sallyport-${randomBytes(4).toString('hex')}`)
  await mkdir(folder)
  const [port, adminPort] = [await freePort(), await freePort()]
  const config = join(folder, 'sallyport.yaml')
  await writeFile(config, configuration(setting, folder, port, adminPort))
  // Nothing else is inherited: a DATABASE_URL of the caller's would win over the bench's own database.
  const env = { PATH: process.env['PATH'], SALLYPORT_KEY: randomBytes(32).toString('base64') }
  const cli = (...args: string[]) => runToEnd(node, [PROGRAM, ...args, '--config', config], { env })

  await cli('teamspace', 'create', 'bench')
  const connection = ['--tenant', issuer.tenantId, '--audience', issuer.audience, '--scope', issuer.scope]
  await cli('connection', 'set', 'bench', '--entra', '--cloud', 'bench', ...connection)
  const serve = [...nodeArguments, PROGRAM, 'serve', '--config', config]
  const child = startChild(node, serve, { core, env, cwd: folder })
  await untilWritten(child, /Sallyport is ready/)
  await addMembers(folder, setting.members)
  return { target: { port, path: '/mcp' }, child, recorded: () => auditRows(folder) }
}

const configuration = ({ issuer, upstreamPort }: Setting, folder: string, port: number, adminPort: number): string =>
  // JSON is YAML.
  JSON.stringify({
    publicUrl: `http://127.0.0.1:${port}`,
    listen: { public: `127.0.0.1:${port}`, admin: `127.0.0.1:${adminPort}` },
    database: `sqlite:${databaseFile(folder)}`,
    clouds: { bench: { authority: new URL(issuer.issuer).origin } },
    // On, and out of reach: one caller opens thousands of streams here.
    limits: {
      rate: { principal: { calls: 1_000_000_000, seconds: 60 } },
      openCalls: { principal: 100_000, teamspace: 100_000 },
    },
    servers: {
      bench: {
        path: '/mcp',
        upstream: `http://127.0.0.1:${upstreamPort}/mcp`,
        auth: ['EntraJwt'],
        outbound: { kind: 'static', header: 'authorization', value: STATIC_CREDENTIAL },
      },
    },
  })

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
