import type { ApiRoute } from '../api/api-route.ts'

/** `getTeamspaceMember` of `GET /teamspaces/:slug/members/:id`: what is followed by a parameter is one of its kind. */
export function operationId({ method, path }: Pick<ApiRoute, 'method' | 'path'>): string {
  const segments = path.split('/').slice(1)
  const words = segments.flatMap((segment, index) => {
    if (segment.startsWith(':')) return []
    return segments[index + 1]?.startsWith(':') ? segment.replace(/s$/, '') : segment
  })
  return (
    method +
    words
      .flatMap((word) => word.split(/[^a-zA-Z0-9]+/))
      .map(capitalized)
      .join('')
  )
}

/** Groups the routes of a document: by what they are about, within a teamspace as well as beside. */
export function tagOfPath(path: string): string {
  const [first = '', ...others] = path.split('/').filter((segment) => segment !== '' && !segment.startsWith(':'))
  return first === 'teamspaces' ? (others[0] ?? first) : first.replace(/\.json$/, '')
}

const capitalized = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
