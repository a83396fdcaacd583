import { z } from 'zod'
import type { SignIn } from '../sign-in.ts'
import { isRegisteredRedirectUri } from './redirect-uri.ts'

const registration = z.object({
  redirect_uris: z.array(z.string().max(2048)).min(1).max(20),
  client_name: z.string().max(200).optional(),
})

export interface RegisterAnswer {
  readonly status: 201 | 400
  readonly body: Record<string, unknown>
}

/**
 * The shape of dynamic client registration (RFC 7591 §3) over one client that is registered already: its id is handed
 * out when every redirect URI is on its list (B-03 b). Nothing is stored, and no secret leaves.
 */
export function register(json: unknown, signIn: SignIn): RegisterAnswer {
  const parsed = registration.safeParse(json)
  if (!parsed.success) {
    const about = parsed.error.issues.some((issue) => issue.path[0] === 'redirect_uris')
    return refuse(about ? 'invalid_redirect_uri' : 'invalid_client_metadata', 'The client metadata is not valid.')
  }
  const { redirect_uris: redirectUris, client_name: clientName } = parsed.data
  if (!redirectUris.every((uri) => isRegisteredRedirectUri(uri, signIn.connection.facade.redirectUris))) {
    return refuse('invalid_redirect_uri', 'A redirect URI is not registered for this sign-in.')
  }
  return {
    status: 201,
    body: {
      client_id: signIn.connection.audience,
      redirect_uris: redirectUris,
      ...(clientName !== undefined && { client_name: clientName }),
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
  }
}

const refuse = (error: string, description: string): RegisterAnswer => ({
  status: 400,
  body: { error, error_description: description },
})
