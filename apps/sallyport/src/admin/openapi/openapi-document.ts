import type { Needs } from '../api/api-route.ts'
import { SECURITY_SCHEMES, securityOf } from './documented-route.ts'
import type { DocumentedRoute } from './documented-route.ts'
import { createJsonSchemas } from './json-schemas.ts'
import type { JsonSchemas } from './json-schemas.ts'
import { operationId, tagOfPath } from './operation-id.ts'
import { parametersOf, templateOf } from './parameters.ts'
import { responsesOf } from './responses.ts'

const DESCRIPTION = `Everything that the console and the command line do. Errors are problem documents (RFC 9457). A teamspace
that the caller is no member of is answered as one that does not exist.`

/** The routes in OpenAPI 3.1, made of the declarations by which they are served. */
export function openApiDocument(routes: readonly DocumentedRoute[]): object {
  const schemas = createJsonSchemas()
  const paths: Record<string, Record<string, object>> = {}
  for (const route of routes) {
    const path = (paths[templateOf(route.path)] ??= {})
    path[route.method] = toOperation(route, schemas)
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Sallyport admin API', version: '1', description: DESCRIPTION },
    servers: [{ url: '/api/v1' }],
    tags: [...new Set(routes.map(({ path }) => tagOfPath(path)))].sort().map((name) => ({ name })),
    paths,
    components: { securitySchemes: SECURITY_SCHEMES, schemas: schemas.components },
  }
}

function toOperation(route: DocumentedRoute, schemas: JsonSchemas): object {
  const parameters = parametersOf(route, schemas)
  return {
    operationId: operationId(route),
    tags: [tagOfPath(route.path)],
    summary: route.summary,
    ...(route.security === undefined && { description: NEEDS[route.needs] }),
    security: securityOf(route),
    ...(parameters.length > 0 && { parameters }),
    ...requestBodyOf(route, schemas),
    responses: responsesOf(route, schemas),
  }
}

const NEEDS: Readonly<Record<Needs, string>> = {
  operator: 'For whoever runs this Sallyport.',
  account: 'For anybody who is signed in, and whoever runs this Sallyport.',
  owner: 'For owners of the teamspace, and whoever runs this Sallyport.',
  admin: 'For owners and admins of the teamspace, and whoever runs this Sallyport.',
  developer: 'For all members of the teamspace, and whoever runs this Sallyport.',
}

function requestBodyOf({ body, takes = [], bodyOptional, example }: DocumentedRoute, schemas: JsonSchemas): object {
  if (!body && takes.length === 0) return {}
  const given = example !== undefined && { example }
  const types = takes.map((type) => [type, { schema: { type: 'string' }, ...given }] as const)
  const json = body ? [['application/json', { schema: schemas.taken(body), ...given }] as const] : []
  return { requestBody: { required: bodyOptional !== true, content: Object.fromEntries([...json, ...types]) } }
}
