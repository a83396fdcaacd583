import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findProgram, startChild } from '../children.ts'
import { freePort, untilListening } from '../ports.ts'
import { objectId, type TokenIssuer } from '../tokens.ts'
import { STATIC_CREDENTIAL, type Proxy, type Row, type Setting } from './row.ts'

const absent = () => (findProgram('haproxy') ? undefined : 'HAProxy is not installed')

export const haproxy: Row = {
  name: 'haproxy',
  title: 'HAProxy, plain proxy',
  checks: false,
  absent,
  start: (setting) => startHaproxy(setting, 'haproxy', ''),
}

export const haproxyJwt: Row = {
  name: 'haproxy-jwt',
  title: 'HAProxy, jwt_verify',
  checks: true,
  absent,
  async start(setting) {
    const folder = join(setting.folder, 'haproxy-jwt-files')
    await mkdir(folder)
    const keyFile = (kid: string) => join(folder, `${kid}.pem`)
    for (const key of setting.issuer.keys) await writeFile(keyFile(key.kid), key.publicPem)
    const members = Array.from({ length: setting.members }, (_, member) => `${objectId(member)} bench`)
    await writeFile(join(folder, 'members.map'), members.join('\n') + '\n')
    return startHaproxy(setting, 'haproxy-jwt', checks(setting.issuer, keyFile, join(folder, 'members.map')))
  },
}

async function startHaproxy({ folder, core, upstreamPort }: Setting, name: string, rules: string): Promise<Proxy> {
  const port = await freePort()
  const file = join(folder, `${name}.cfg`)
  await writeFile(file, configuration(port, upstreamPort, rules))
  const child = startChild(findProgram('haproxy') ?? 'haproxy', ['-db', '-f', file], { core })
  await untilListening(child, port)
  return { target: { port, path: '/mcp' }, child }
}

const configuration = (port: number, upstreamPort: number, rules: string): string => `
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  option http-keep-alive
  # Events leave at once, and a stream ends with its client.
  option http-no-delay
  option abortonclose
  http-reuse always
frontend calls
  bind 127.0.0.1:${port} backlog 8192
${rules}
  default_backend mcp
backend mcp
  server upstream 127.0.0.1:${upstreamPort} pool-max-conn -1
`

/** What the gate proves on every call, said in HAProxy's words: signature, times, issuer, audience, scope, member. */
function checks(issuer: TokenIssuer, keyFile: (kid: string) => string, membersFile: string): string {
  const rules = [
    'set-var(txn.bearer) http_auth_bearer',
    "set-var(txn.alg) var(txn.bearer),jwt_header_query('$.alg')",
    "set-var(txn.kid) var(txn.bearer),jwt_header_query('$.kid')",
    "set-var(txn.exp) var(txn.bearer),jwt_payload_query('$.exp','int')",
    'set-var(txn.now) date()',
    'deny deny_status 401 unless { var(txn.alg) -m str RS256 }',
    `deny deny_status 401 unless { var(txn.kid) -m str ${issuer.keys.map(({ kid }) => kid).join(' ')} }`,
    ...issuer.keys.map(({ kid }) => {
      const verified = `{ var(txn.bearer),jwt_verify(txn.alg,"${keyFile(kid)}") 1 }`
      return `deny deny_status 401 if { var(txn.kid) -m str ${kid} } !${verified}`
    }),
    'deny deny_status 401 unless { var(txn.exp),sub(txn.now) -m int gt 0 }',
    `deny deny_status 401 unless { var(txn.bearer),jwt_payload_query('$.iss') -m str ${issuer.issuer} }`,
    `deny deny_status 401 unless { var(txn.bearer),jwt_payload_query('$.aud') -m str ${issuer.audience} }`,
    `deny deny_status 403 unless { var(txn.bearer),jwt_payload_query('$.scp') -m reg (^|\\ )${issuer.scope}(\\ |$) }`,
    `set-var(txn.teamspace) var(txn.bearer),jwt_payload_query('$.oid'),map_str(${membersFile})`,
    'deny deny_status 403 unless { var(txn.teamspace) -m found }',
    `set-header authorization "${STATIC_CREDENTIAL}"`,
  ]
  return rules.map((rule) => `  http-request ${rule}`).join('\n')
}
