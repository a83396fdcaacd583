import type { Config, ServerConfig } from '../config/config.ts'
import type { ChallengeContext } from '../outcome/denial.ts'
import type { Teamspace } from '../teamspaces/teamspace.ts'
import type { Places } from './metadata/places.ts'
import { signInTo } from './server-sign-in.ts'
import type { FindSignIns } from './sign-in.ts'

interface CalledPlace {
  readonly server: ServerConfig
  readonly teamspace: Teamspace | undefined
}

interface Options {
  readonly places: Places
  readonly findSignIns: FindSignIns
  readonly config: Pick<Config, 'docsUrl' | 'unmappedUserStatus' | 'compat'>
}

/** Whoever was refused learns where its sign-in is, unless there is none to be had or the database cannot tell. */
export function createChallengeContext({ places, findSignIns, config }: Options) {
  const { docsUrl, unmappedUserStatus, compat } = config
  const always = { docsUrl, unmappedUserStatus, compat }
  return async (place: CalledPlace | undefined): Promise<ChallengeContext> => {
    if (!place) return always
    const signIns = await findSignIns(place.teamspace?.slug).catch(() => undefined)
    const signIn = signIns && signInTo(place.server, signIns, places)
    if (!signIn) return always
    return {
      ...always,
      resourceMetadata: places.metadataUrl(place.server, place.teamspace),
      scope: signIn.scope,
      qualifyScope: signIn.qualify,
    }
  }
}
