import type { DemoFile } from '../demo/demo-files.ts'
import { callTool, connect } from './mcp-session.ts'
import { HeadlessSignIn } from './sign-in.ts'
import { expect, short } from './step.ts'
import type { TourStep } from './step.ts'

/** A person of an OpenID provider, where the client registers and signs in without Sallyport between them. */
export function oidcSteps({ oidc, publicUrl, identityProviderUrl }: DemoFile, person: HeadlessSignIn): TourStep[] {
  let seen: Record<string, unknown> = {}
  return [
    {
      title: 'a person of another OpenID provider signs in there, where the client registers itself',
      async run() {
        seen = await callTool(await connect(oidc.mcpUrl, person, '2026-07-28'), 'whoami')
        expect(person.signInOrigin === identityProviderUrl, `the sign-in was at ${person.signInOrigin}`)
        return `${oidc.users[0]!.email}, at ${identityProviderUrl}`
      },
    },
    {
      title: 'the server saw what Sallyport signed about that person',
      async run() {
        expect(seen['kind'] === 'oidc' && seen['issuer'] === publicUrl, `issuer ${String(seen['issuer'])}`)
        return `iss ${publicUrl}, teamspace ${short(seen['teamspaceId'])}`
      },
    },
  ]
}
