import type { DemoFile } from '../demo/demo-files.ts'
import { entraSteps } from './entra-steps.ts'
import { isolationStep } from './isolation-step.ts'
import { mcpTokenSteps } from './mcp-token-steps.ts'
import { oidcSteps } from './oidc-steps.ts'
import { policySteps } from './policy-steps.ts'
import { HeadlessSignIn } from './sign-in.ts'
import type { TourStep } from './step.ts'
import { unprovenSteps } from './unproven-steps.ts'
import { workloadSteps } from './workload-steps.ts'

/** What the tour shows, in order: each way in, what it opens and what it does not. */
export function tourSteps(demo: DemoFile, fetcher: typeof fetch): TourStep[] {
  const person = new HeadlessSignIn({ login_hint: demo.oidc.users[0]!.email }, fetcher)
  return [
    ...entraSteps(demo, fetcher),
    ...oidcSteps(demo, person),
    ...mcpTokenSteps(demo, fetcher),
    ...workloadSteps(demo, fetcher),
    ...unprovenSteps(demo, fetcher),
    isolationStep(demo, person, fetcher),
    ...policySteps(demo, fetcher),
  ]
}
