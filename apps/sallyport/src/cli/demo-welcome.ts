import path from 'node:path'
import { styleText } from 'node:util'
import { FILES } from '../demo/demo-config.ts'
import type { DemoFile } from '../demo/demo-files.ts'

/** One screen: each way in, and what to paste for it. */
export function welcome(file: DemoFile, data: string, bootstrapLink?: string): string[] {
  const { oidc, mcpToken, kubernetes, gateway, open } = file
  const owner = file.teamspaces[0]!.users[0]!
  const config = `--config ${shellWord(path.join(data, 'sallyport.yaml'))}`
  return [
    '',
    `  ${styleText(['bold', 'green'], 'Sallyport is ready')}`,
    ...section('Console', '', [
      ['address', file.adminUrl, 'for everybody below who is a member'],
      ['as owner of acme', owner.email, `${owner.password}, at its Entra tenant`],
    ]),
    // On a line of its own: the secret is long.
    ...(bootstrapLink === undefined ? [] : ['    as its operator, by this link, once:', `    ${bootstrapLink}`]),
    ...section('Sign in with Entra', slugsOf(file), [['address', file.mcpUrl], ...entraPeople(file)]),
    ...section('Sign in with another OpenID provider', oidc.slug, [
      ['address', oidc.mcpUrl],
      ...oidc.users.slice(0, 1).map(({ email }) => [email, 'chosen on its page', `member of ${oidc.slug}`] as const),
      ...oidc.strangers.map(({ email }) => [email, 'chosen on its page', NO_MEMBER] as const),
    ]),
    ...section('Paste a token', mcpToken.slug, [
      ['address', mcpToken.mcpUrl],
      ['header', `Authorization: Bearer ${mcpToken.token}`],
    ]),
    ...section('Be a workload of a Kubernetes cluster', kubernetes.slug, [
      ['address', kubernetes.mcpUrl],
      ['header', `Authorization: Bearer ${contentOf(kubernetes.tokenFile)}`, 'for a day'],
    ]),
    ...section('Come through a gateway, or without anything', 'nobody is known', [
      ['address', gateway.mcpUrl],
      ['header', `${gateway.header}: ${contentOf(path.join(data, FILES.gatewaySecret))}`],
      ['address', open.mcpUrl, 'no header at all'],
    ]),
    ...section('Try it', '', [
      ['see it all', `npm run tour${data === '.sallyport' ? '' : ` -- --data ${shellWord(data)}`}`],
      ['your own client', `npx mcp-remote ADDRESS --header "HEADER"`],
      ['who is let in', `npx sallyport member list acme ${config}`],
      ['why not', `npx sallyport explain REQUEST-ID ${config}`],
    ]),
    ...section('Around it', '', [
      ['those who vouch', [file.emulatorUrl, file.identityProviderUrl, file.clusterUrl].join('  ')],
      ['the server behind', file.upstreamUrl, 'takes no credential that opens the gate'],
    ]),
    '',
    styleText('dim', `  Everything it keeps is in ${data}. Ctrl-C stops it.`),
    '',
  ]
}

type Row = readonly [label: string, value: string, note?: string]

const NO_MEMBER = 'signs in, but is no member'

const section = (title: string, note: string, rows: readonly Row[]): string[] => [
  '',
  `  ${styleText('bold', title)}${note === '' ? '' : styleText('dim', ` · ${note}`)}`,
  ...rows.map(toLine),
]

const toLine = ([label, value, note]: Row): string =>
  note === undefined
    ? `    ${label.padEnd(23)}${value}`
    : `    ${label.padEnd(23)}${value.padEnd(20)}  ${styleText('dim', note)}`

const slugsOf = ({ teamspaces }: DemoFile) => teamspaces.map(({ slug }) => slug).join(', ')

/** One member of each teamspace, and somebody who is none. */
function entraPeople({ teamspaces }: DemoFile): Row[] {
  const members = teamspaces.map(({ slug, users }): Row => [users[0]!.email, users[0]!.password, `member of ${slug}`])
  const { email, password } = teamspaces[0]!.strangers[0]!
  return [...members, [email, password, NO_MEMBER]]
}

/** For a shell to fill in: a token of a cluster is longer than a line. */
const contentOf = (file: string) => `$(cat ${shellWord(file)})`

const shellWord = (text: string) => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
