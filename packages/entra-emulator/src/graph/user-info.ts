import type { Context } from 'hono'
import { findUser } from '../directory/directory.ts'
import { graphRegistration } from '../directory/graph-registration.ts'
import type { Emulation } from '../emulation.ts'
import type { EmulatorEnv } from '../http.ts'
import { pairwiseSubject } from '../tokens/access-token.ts'
import { getGraphCaller } from './graph-caller.ts'
import { GraphError, toGraphErrorBody } from './graph-error.ts'

/** OpenID Connect Core §5.3, which Entra serves from Graph. */
export async function answerUserInfo(emulation: Emulation, c: Context<EmulatorEnv>): Promise<Response> {
  try {
    const { tenant, userId, permissions } = await getGraphCaller(emulation, c.req.header('authorization'))
    const user = userId === undefined ? undefined : findUser(tenant, userId)
    if (user === undefined) throw new GraphError(403, 'Authorization_RequestDenied', 'A token of a user is needed.')
    return c.json({
      sub: pairwiseSubject(tenant, graphRegistration(tenant), user),
      ...(permissions.includes('profile') && { name: user.displayName }),
      ...(permissions.includes('email') && user.mail !== null && { email: user.mail }),
    })
  } catch (refusal) {
    if (!(refusal instanceof GraphError)) throw refusal
    return c.json(toGraphErrorBody(refusal, emulation.now(), c.req.header('client-request-id')), refusal.status)
  }
}
