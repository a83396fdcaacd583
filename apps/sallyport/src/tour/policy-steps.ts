import { createHttpAdminClient } from '../cli/admin-client.ts'
import { verifyChains } from '../cli/verify-chains.ts'
import type { DemoFile } from '../demo/demo-files.ts'
import { callSteppingUp, callTool, connect, connectWith, listTools } from './mcp-session.ts'
import { callToolPlainly, requestIdOf } from './plain-call.ts'
import { HeadlessSignIn } from './sign-in.ts'
import { bearer, expect } from './step.ts'
import type { TourStep } from './step.ts'

const HIDDEN = 'list_dast_results'
const REVISION = '2026-07-28'
const MAX_SCANS = 20

interface Explained {
  readonly step: string
  readonly rule: string
  readonly detail?: Readonly<Record<string, unknown>>
  readonly fix?: string
  readonly dryRun?: string
}

interface Finding {
  readonly id: string
  readonly status: string
}

/** What the policy of a teamspace allows and why not, with people who are members already. */
export function policySteps(demo: DemoFile, fetcher: typeof fetch): TourStep[] {
  const { mcpUrl, users } = demo.teamspaces[0]!
  const [owner, developer] = users.map(
    ({ email }) => new HeadlessSignIn({ login_hint: email, prompt: 'none' }, fetcher),
  ) as [HeadlessSignIn, HeadlessSignIn]
  const admin = createHttpAdminClient(demo, fetcher)
  const explain = (requestId: string) => admin.send<Explained>('GET', `/decisions/${requestId}`)
  const plainly = (signIn: HeadlessSignIn, name: string, input: object = {}) =>
    callToolPlainly(fetcher, mcpUrl, { headers: bearer(signIn.tokens()!.access_token), name, input })
  let refusedId = ''

  return [
    {
      title: 'a tool that the policy hides is in no list, and is unknown when called',
      async run() {
        const [all, seen] = [
          await listTools(await connect(mcpUrl, owner, REVISION)),
          await listTools(await connect(mcpUrl, developer, REVISION)),
        ]
        const hidden = all.filter((name) => !seen.includes(name))
        expect(hidden.join() === HIDDEN, `hidden: ${hidden.join(', ') || 'nothing'}`)
        const refusalOf = async (name: string) => {
          const refusal = await callTool(await connect(mcpUrl, developer, REVISION), name).catch(String)
          return String(refusal).replaceAll(name, 'NAME')
        }
        const [one, other] = [await refusalOf(HIDDEN), await refusalOf('no_such_tool')]
        expect(one === other && one.includes('Unknown tool'), `${one}, and for one that is not there: ${other}`)
        return `${HIDDEN}; the owner sees ${all.length} tools, a developer ${seen.length}`
      },
    },
    {
      title: 'forbidden arguments are refused, others pass',
      async run() {
        const response = await plainly(developer, 'export_findings', { severity: 'critical' })
        expect(response.status === 403, `critical: ${response.status}`)
        refusedId = requestIdOf(response)
        const client = await connect(mcpUrl, developer, REVISION)
        const { count } = await callTool(client, 'export_findings', { severity: 'low' })
        return `severity critical 403, low: ${String(count)} findings`
      },
    },
    {
      title: 'explain names the step, the rule and the setting of that refusal',
      async run() {
        const { step, rule, detail, fix } = await explain(refusedId)
        const by = String(detail?.['by'])
        expect(step === 'authorize' && rule === 'call_forbidden', `${step}: ${rule}`)
        expect(by.includes('critical findings stay here') && fix !== undefined, `by ${by}`)
        return `at ${step}, by ${by}; fix: ${fix}`
      },
    },
    {
      title: 'a call that lacks a scope is told which, and passes after signing in for it',
      async run() {
        const client = await connect(mcpUrl, owner, REVISION)
        const { findings } = (await callTool(client, 'list_findings', { limit: 50 })) as { findings: Finding[] }
        const { id } = findings.find(({ status }) => status !== 'fixed')!
        const input = { id, note: 'Accepted on the tour' }
        const refused = await plainly(owner, 'acknowledge_finding', input)
        const challenge = refused.headers.get('www-authenticate') ?? ''
        const scopes = (/scope="([^"]*)"/.exec(challenge)?.[1] ?? '').split(' ').map((scope) => scope.split('/').at(-1))
        expect(refused.status === 403 && challenge.includes('insufficient_scope'), `${refused.status} ${challenge}`)
        expect(scopes.includes('findings.write') && scopes.length > 1, `asked for ${scopes.join(' ')}`)
        await callSteppingUp(mcpUrl, owner, 'acknowledge_finding', input)
        return `403 asks for ${scopes.join(' ')}, then 200`
      },
    },
    {
      title: 'a rule on trial refuses nobody, and the trail says whom it would have',
      async run() {
        const response = await plainly(developer, 'rescan', { steps: 1, intervalMs: 0 })
        expect(response.status === 200, `rescan: ${response.status}`)
        const { dryRun } = await explain(requestIdOf(response))
        expect(dryRun !== undefined, 'the trail says nothing of it')
        return `200; ${dryRun}`
      },
    },
    ...tokenSteps(demo, fetcher),
    {
      title: 'the audit trail is whole: no row was altered, removed or moved',
      async run() {
        const chains = await verifyChains(admin, { teamspace: undefined, expect: [] })
        const broken = chains.filter(({ isWhole }) => !isWhole).map(({ chain }) => chain)
        expect(broken.length === 0, `broken: ${broken.join(', ')}`)
        return `${chains.reduce((sum, { rows }) => sum + rows, 0)} rows in ${chains.length} chains`
      },
    },
  ]
}

/** What a token was minted for, and how often one caller may: each with a token of its own, which nobody else uses. */
function tokenSteps(demo: DemoFile, fetcher: typeof fetch): TourStep[] {
  const { slug, mcpUrl } = demo.mcpToken
  const admin = createHttpAdminClient(demo, fetcher)
  const scan = (token: string) =>
    callToolPlainly(fetcher, mcpUrl, { headers: bearer(token), name: 'rescan', input: { steps: 1, intervalMs: 0 } })

  const withToken = async (minted: object, work: (token: string) => Promise<string>): Promise<string> => {
    const tokens = `/teamspaces/${slug}/mcp-tokens`
    const { id, token } = await admin.send<{ id: string; token: string }>('POST', tokens, { name: 'Tour', ...minted })
    return work(token).finally(() => admin.send('DELETE', `${tokens}/${id}`))
  }

  return [
    {
      title: 'an MCP token that was minted for reading does nothing else',
      run: () =>
        withToken({ tool_scopes: ['read'] }, async (token) => {
          const names = await listTools(await connectWith(mcpUrl, bearer(token)))
          expect(names.includes('list_findings') && !names.includes('rescan'), `it lists ${names.join(', ')}`)
          const response = await scan(token)
          expect(response.status === 403, `rescan: ${response.status}`)
          return `it lists ${names.length} tools; rescan 403`
        }),
    },
    {
      title: 'whoever calls a tool too often is told when to come back',
      run: () =>
        withToken({}, async (token) => {
          for (let calls = 1; calls <= MAX_SCANS; calls++) {
            const response = await scan(token)
            if (response.status === 429)
              return `429 at call ${calls}, Retry-After ${response.headers.get('retry-after')}`
            expect(response.status === 200, `rescan: ${response.status}`)
          }
          throw new Error(`${MAX_SCANS} calls were all let in`)
        }),
    },
  ]
}
