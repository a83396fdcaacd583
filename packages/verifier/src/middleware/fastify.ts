import type { IncomingMessage } from 'node:http'
import { withPrincipal } from '../scope/principal.ts'
import type { VerifiedToken } from '../verified-token.ts'
import { toAuthInfo, type AuthInfo } from './auth-info.ts'
import { checkBearer, type BearerOptions } from './check-bearer.ts'

interface FastifyRequest {
  readonly raw: IncomingMessage & { auth?: AuthInfo }
}
interface FastifyReply {
  code(status: number): FastifyReply
  headers(headers: Record<string, string>): FastifyReply
  send(body: string): unknown
}
type Hook = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void
interface FastifyInstance {
  addHook(name: 'onRequest' | 'preValidation', hook: Hook): unknown
}

/**
 * A plugin for Fastify. It guards all routes of the context that it is registered in, and those below; their handlers run
 * as the caller. `request.raw.auth` is where the transports of the MCP SDKs look.
 *
 * ```ts
 * await app.register(fastifyBearer({ verifier, resourceMetadataUrl }))
 * app.post('/mcp', async () => `Hello ${currentPrincipal().subject}`)
 * ```
 */
export function fastifyBearer<Token extends VerifiedToken>(options: BearerOptions<Token, IncomingMessage>) {
  const callers = new WeakMap<IncomingMessage, Token>()

  const authenticate: Hook = ({ raw }, reply, done) => {
    const proceed = (outcome: Awaited<ReturnType<typeof checkBearer<Token, IncomingMessage>>>) => {
      if ('refusal' in outcome) {
        const { status, headers, body } = outcome.refusal
        reply
          .code(status)
          .headers({ ...headers })
          .send(body)
        return
      }
      callers.set(raw, outcome.caller)
      raw.auth = toAuthInfo(outcome.caller)
      done()
    }
    checkBearer(raw.rawHeaders, raw, options).then(proceed, done)
  }

  /** Fastify reads the body in between, and what comes after runs in the scope of the parser's last event. */
  const enterScope: Hook = ({ raw }, _reply, done) => {
    const caller = callers.get(raw)
    if (caller === undefined) done(new Error('The request was not authenticated'))
    else withPrincipal(caller, done)
  }

  const plugin = (instance: FastifyInstance, _options: unknown, done: () => void): void => {
    instance.addHook('onRequest', authenticate)
    instance.addHook('preValidation', enterScope)
    done()
  }
  // For the context that registers it, not for a new one of its own.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}
