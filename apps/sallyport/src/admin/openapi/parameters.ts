import type { ApiRoute } from '../api/api-route.ts'
import type { JsonSchema, JsonSchemas } from './json-schemas.ts'

const UUID = { type: 'string', format: 'uuid' }

/** What paths are filled in with; anything else is some text. */
const IN_PATHS: Readonly<Record<string, object>> = {
  slug: { description: 'Of the teamspace', schema: { type: 'string', pattern: '^[a-z0-9-]{1,63}$' } },
  id: { schema: UUID },
  requestId: { description: '`X-Request-Id` of the answer to the call', schema: UUID },
}

const PARAMETER = /:([A-Za-z]+)/g

/** As OpenAPI spells it: `/teamspaces/{slug}`. */
export const templateOf = (path: string): string => path.replaceAll(PARAMETER, '{$1}')

export function parametersOf(route: ApiRoute, schemas: JsonSchemas): object[] {
  const inPath = [...route.path.matchAll(PARAMETER)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    ...(IN_PATHS[name] ?? { schema: { type: 'string' } }),
  }))
  return [...inPath, ...queryParameters(route, schemas), ...headerParameters(route)]
}

function queryParameters({ query, exampleQuery }: ApiRoute, schemas: JsonSchemas): object[] {
  if (!query) return []
  const { properties = {}, required = [] } = schemas.taken(query) as {
    readonly properties?: Readonly<Record<string, JsonSchema>>
    readonly required?: readonly string[]
  }
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(required.includes(name) && { required: true }),
    ...(description !== undefined && { description }),
    schema,
    ...(exampleQuery?.[name] !== undefined && { example: exampleQuery[name] }),
  }))
}

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  description: 'The `ETag` of what this replaces, or `*` for whatever there is (RFC 9110 §13.1.1).',
  schema: { type: 'string' },
}

const headerParameters = ({ versioned, method }: ApiRoute): object[] =>
  versioned && method !== 'get' ? [IF_MATCH] : []
