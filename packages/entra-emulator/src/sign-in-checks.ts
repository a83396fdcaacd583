import { findUser, isAssigned } from './directory/directory.ts'
import { EntraError } from './entra-error.ts'
import type { AppRegistration, Tenant, User } from './seed.ts'

/** The directory as it is now decides: a user may have been removed or disabled since the grant was made. */
export function getUsableUser(tenant: Tenant, client: AppRegistration, userId: string): User {
  const user = findUser(tenant, userId)
  if (user === undefined) throw new EntraError(50020)
  checkUsable(tenant, client, user)
  return user
}

export function checkUsable(tenant: Tenant, client: AppRegistration, user: User): void {
  if (!user.accountEnabled) throw new EntraError(50057)
  if (!isAssigned(tenant, client, user)) throw new EntraError(50105, { detail: `Application '${client.displayName}'.` })
}
