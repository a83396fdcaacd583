import type { ApiRoute } from '../api/api-route.ts'

/** How a caller proves who they are; the names are those of the document's security schemes. */
export type SecurityScheme = 'operatorToken' | 'session' | 'memberAccessToken'

export interface DocumentedRoute extends ApiRoute {
  /** Any of these; the operator's token or a session, unless given. Nobody need prove anything where it is empty. */
  readonly security?: readonly SecurityScheme[]
  /** What a bad request is answered with: a problem document, unless given. */
  readonly errors?: 'oauth'
}

export const securityOf = ({ security = ['operatorToken', 'session'] }: DocumentedRoute): object[] =>
  security.map((name) => ({ [name]: [] }))

export const SECURITY_SCHEMES: Readonly<Record<SecurityScheme, object>> = {
  operatorToken: { type: 'http', scheme: 'bearer', description: 'The token of whoever runs this Sallyport.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-sallyport',
    description: 'Of somebody who is signed in to the console; without https the name is sallyport_session.',
  },
  memberAccessToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The access token of a member, as the gate takes it.',
  },
}
