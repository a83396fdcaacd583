import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InteractionDetails, Provider } from 'oidc-provider'
import type { User } from './provider.ts'
import { sendSignInPage } from './sign-in-page.ts'

const MAX_FORM_BYTES = 4096

export interface InteractionDeps {
  readonly provider: Provider
  readonly users: readonly User[]
  readonly scopes: readonly string[]
}

/** What a person would see of a sign-in: who they are. That the client may have what it asks for goes without asking. */
export async function answerInteraction(
  { provider, users, scopes }: InteractionDeps,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const details = await provider.interactionDetails(request, response)
  if (details.prompt.name === 'consent') {
    const grantId = await grant(provider, details, scopes)
    return provider.interactionFinished(request, response, { consent: { grantId } })
  }
  const user = await whoIs(request, details, users)
  if (user) return provider.interactionFinished(request, response, { login: { accountId: user.sub } })
  const clientId = details.params['client_id']!
  const client = await provider.Client.find(clientId)
  sendSignInPage(response, users, client?.clientName ?? clientId)
}

/** Chosen on the page, or said by `login_hint`. A program cannot read a page, so the first person signs in for it. */
async function whoIs(request: IncomingMessage, { params }: InteractionDetails, users: readonly User[]) {
  if (request.method === 'POST') {
    const sub = new URLSearchParams(await readForm(request)).get('sub')
    return users.find((user) => user.sub === sub)
  }
  const hinted = users.find(({ email }) => email === params['login_hint'])
  const hasReader = request.headers.accept?.includes('text/html') ?? false
  return hinted ?? (hasReader ? undefined : users[0])
}

async function grant(provider: Provider, details: InteractionDetails, scopes: readonly string[]): Promise<string> {
  const { params, session, grantId } = details
  const found = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const granted = found ?? new provider.Grant({ accountId: session!.accountId, clientId: params['client_id']! })
  granted.addOIDCScope(['openid', 'offline_access', ...scopes].join(' '))
  if (params['resource'] !== undefined) granted.addResourceScope(params['resource'], params['scope'] ?? '')
  return granted.save()
}

async function readForm(request: IncomingMessage): Promise<string> {
  let form = ''
  for await (const chunk of request.setEncoding('utf8')) {
    form += chunk
    if (form.length > MAX_FORM_BYTES) throw new RangeError('The form is too large')
  }
  return form
}
