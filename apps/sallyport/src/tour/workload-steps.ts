import type { DemoFile } from '../demo/demo-files.ts'
import { callTool, connectWith } from './mcp-session.ts'
import { bearer, expect, post, readJson, refused } from './step.ts'
import type { TourStep } from './step.ts'

/** A workload of a cluster, with tokens of its service account. */
export function workloadSteps(demo: DemoFile, fetcher: typeof fetch): TourStep[] {
  const { slug, mcpUrl, namespace, serviceAccount, audience } = demo.kubernetes
  return [
    {
      title: "a workload's service account token calls a tool",
      async run() {
        const token = await createToken(demo, fetcher, audience)
        const seen = await callTool(await connectWith(mcpUrl, bearer(token)), 'whoami')
        expect(seen['issuer'] === demo.publicUrl, `the server saw issuer ${String(seen['issuer'])}`)
        return `${namespace}/${serviceAccount} in ${slug}`
      },
    },
    {
      title: 'its token for another audience is refused',
      async run() {
        const token = await createToken(demo, fetcher, 'https://elsewhere.example')
        return refused(await post(fetcher, mcpUrl, bearer(token)), 'audience_unknown')
      },
    },
  ]
}

/** What `kubectl create token --audience` asks of the API server. */
export async function createToken(
  { clusterUrl, kubernetes }: DemoFile,
  fetcher: typeof fetch,
  audience: string,
): Promise<string> {
  const { namespace, serviceAccount, adminToken } = kubernetes
  const url = `${clusterUrl}/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [audience], expirationSeconds: 600 },
  }
  const { status } = await readJson(fetcher, url, {
    method: 'POST',
    headers: bearer(adminToken),
    body: JSON.stringify(request),
  })
  return (status as { token: string }).token
}
