import { EntraError } from '../entra-error.ts'
import type { AppRegistration, User } from '../seed.ts'
import type { ResourceScopes } from './scopes.ts'

/** Scope values of `resource` that `client` may use for `user`: pre-authorised, or consented to by an administrator or the user. */
export function consentedValues(client: AppRegistration, resource: AppRegistration, user: User): string[] {
  const preAuthorized = resource.preAuthorizedApplications
    .filter((entry) => entry.appId === client.appId)
    .flatMap((entry) => entry.scopeIds)
  const consented = resource.consents
    .filter((consent) => consent.clientAppId === client.appId)
    .filter((consent) => consent.userId === undefined || consent.userId === user.id)
    .flatMap((consent) => consent.scope.split(' '))
  return resource.scopes
    .filter((scope) => scope.isEnabled && (preAuthorized.includes(scope.id) || consented.includes(scope.value)))
    .map((scope) => scope.value)
}

/** Values that `.default` stands for: the static permissions of the client's registration. */
function registeredValues(client: AppRegistration, resource: AppRegistration): string[] {
  const ids = client.requiredResourceAccess
    .filter((access) => access.resourceAppId === resource.appId)
    .flatMap((access) => access.scopeIds)
  return resource.scopes.filter((scope) => ids.includes(scope.id)).map((scope) => scope.value)
}

/** What is asked but not yet consented to. Empty: go ahead. */
export function unconsentedValues(client: AppRegistration, user: User, asked: ResourceScopes): string[] {
  const granted = consentedValues(client, asked.resource, user)
  if (!asked.isDefault) return asked.values.filter((value) => !granted.includes(value))
  if (granted.length > 0) return []
  const registered = registeredValues(client, asked.resource)
  if (registered.length > 0) return registered
  throw new EntraError(650057, { detail: `Client '${client.appId}', resource '${asked.identifier}'.` })
}

/** The values that go into `scp`. */
export function grantedValues(client: AppRegistration, user: User, asked: ResourceScopes): readonly string[] {
  const lacking = unconsentedValues(client, user, asked)
  if (lacking.length > 0)
    throw new EntraError(65001, { detail: `Application '${client.appId}' named '${client.displayName}'.` })
  return asked.isDefault ? consentedValues(client, asked.resource, user) : asked.values
}
