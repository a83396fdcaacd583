export type Role = 'owner' | 'admin' | 'developer'

const RANKS: readonly Role[] = ['developer', 'admin', 'owner']

/** Roles that somebody with this one may give. */
export const rolesUpTo = (role: Role): readonly Role[] => RANKS.slice(0, RANKS.indexOf(role) + 1)

export const isAtLeast = (role: Role, least: Role): boolean => RANKS.indexOf(role) >= RANKS.indexOf(least)
