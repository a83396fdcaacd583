import type { Policy } from '../../apps/sallyport/src/policies/policy.ts'
import { ACME, startGate } from './gate.ts'

/** What a caller may not use; names of tools and prompts, URIs and URI templates of resources. */
export interface Hidden {
  readonly tools?: string[]
  readonly prompts?: string[]
  readonly resources?: string[]
}

export interface ListedGate {
  readonly url: string
  /** What the caller must send. */
  readonly headers: Readonly<Record<string, string>>
  close(): Promise<void>
}

/** The gate before the server at this address, for one caller whose teamspace hides this from its members. */
export async function startListedGate(upstreamUrl: string, hidden: Hidden): Promise<ListedGate> {
  const gate = await startGate({
    servers: () => `servers:
  context7: { path: /context7/mcp, upstream: '${upstreamUrl}', outbound: { kind: none } }
`,
  })
  const rules: Policy['rules'] = Object.entries(hidden).map(([kind, names]) => ({
    name: `hidden ${kind}`,
    effect: 'deny',
    [kind]: names,
  }))
  await gate.admin.setPolicy(ACME.slug, { default: 'allow members', rules })
  const token = await gate.tokenFor(ACME.ada.email)
  return { url: gate.mcpUrl, headers: { authorization: `Bearer ${token}` }, close: gate.close }
}
