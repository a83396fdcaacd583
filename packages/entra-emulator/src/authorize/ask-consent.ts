import { EntraError } from '../entra-error.ts'
import type { User } from '../seed.ts'
import { unconsentedValues } from '../tokens/consent.ts'
import type { AuthorizationRequest } from './authorization-request.ts'
import type { Reply } from './reply.ts'
import { isSilent, type Visit } from './visit.ts'

/** Shows the consent page, or records the answer of one. */
export function askConsent({ request, submission }: Visit, user: User): Reply | undefined {
  const { client, requested, prompt } = request
  const accepted = submission?.decision === 'accept'
  const lacking = requested.resources
    .map((asked) => ({ asked, values: unconsentedValues(client, user, asked) }))
    .filter(({ values }) => values.length > 0)
  if (lacking.length === 0 && (prompt !== 'consent' || accepted)) return undefined
  if (isSilent(request)) throw new EntraError(65001, { error: 'interaction_required' })
  for (const { asked, values } of lacking)
    if (asked.resource.scopes.some((scope) => values.includes(scope.value) && scope.type === 'Admin'))
      throw new EntraError(90094, { detail: `Scopes: '${values.join(' ')}'.` })
  if (!accepted) return { kind: 'page', page: { name: 'consent', scopes: consentLines(request) } }
  for (const { asked, values } of lacking)
    asked.resource.consents.push({ clientAppId: client.appId, scope: values.join(' '), userId: user.id })
  return undefined
}

const consentLines = ({ requested }: AuthorizationRequest): string[] => [
  ...requested.resources.flatMap(({ resource, values, isDefault }) =>
    (isDefault ? ['its registered permissions'] : values).map((value) => `${resource.displayName}: ${value}`),
  ),
  ...(requested.oidc.length > 0 ? ['View your basic profile'] : []),
  ...(requested.oidc.includes('offline_access') ? ['Maintain access to data you have given it access to'] : []),
]
