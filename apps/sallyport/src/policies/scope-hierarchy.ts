/** Which scopes each scope stands for as well. */
export type ImpliedScopes = Readonly<Record<string, readonly string[]>>

/**
 * All scopes that somebody has who presents these: what a scope implies is had with it, and what that implies. Worked out
 * once for each list of scopes, since a verified token keeps its own.
 */
export function createScopeHierarchy(implied: ImpliedScopes): (presented: readonly string[]) => ReadonlySet<string> {
  const known = new WeakMap<readonly string[], ReadonlySet<string>>()
  return (presented) => {
    const found = known.get(presented) ?? expand(presented, implied)
    known.set(presented, found)
    return found
  }
}

function expand(presented: readonly string[], implied: ImpliedScopes): ReadonlySet<string> {
  const all = new Set(presented)
  // A set that grows while it is walked shows what was added, too; what is in it is not added again, so circles end.
  for (const scope of all) {
    if (!Object.hasOwn(implied, scope)) continue
    for (const lesser of implied[scope]!) all.add(lesser)
  }
  return all
}
