import type { Context } from 'hono'
import type { z } from 'zod'
import type { Role } from '../../members/member.ts'
import type { Editor } from '../../teamspaces/edit-teamspace.ts'
import type { Teamspace } from '../../teamspaces/teamspace.ts'
import type { Caller } from './caller.ts'
import type { IfMatch } from './if-match.ts'

/**
 * Who may use a route. `operator`: whoever runs the instance; `account`: anybody who is signed in, for what is their own; a
 * role: members of the teamspace in the path who have it or a higher one, and the operator. To everybody else that teamspace
 * does not exist.
 */
export type Needs = 'operator' | 'account' | Role

/** What an answer carries: JSON by this schema, another media type, or nothing. */
export type AnswerBody = z.ZodType | { readonly mediaType: string } | 'nothing'

export interface ApiRoute<Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** Below `/api/v1`, with parameters as in `/teamspaces/:slug/members/:id`. */
  readonly path: string
  readonly needs: Needs
  /** One line for the reader of the OpenAPI document. */
  readonly summary: string
  readonly query?: Query
  /** JSON by this schema. Routes that take something else read it themselves and say so in `takes`. */
  readonly body?: Body
  /** A body that is taken, for the reader of the document and for the test of all routes. */
  readonly example?: unknown
  /** Likewise, where the query cannot be left out. */
  readonly exampleQuery?: Readonly<Record<string, string>>
  /** Longest body in bytes (64 KiB unless given). */
  readonly maxBytes?: number
  /** Media types of a body that the route reads itself. */
  readonly takes?: readonly string[]
  /** Whether the body may be left out. */
  readonly bodyOptional?: boolean
  /** By status, successes only: what else can happen is a problem document (RFC 9457). Several where the client chooses. */
  readonly answers: Readonly<Record<number, AnswerBody | readonly AnswerBody[]>>
  /** Statuses of problems, beside those that follow from the rest. */
  readonly problems?: readonly number[]
  /** Whether `If-Match` is read and `ETag` is answered. */
  readonly versioned?: boolean
}

/** One request to a route, after everything about it was checked. */
export interface ApiCall<Query, Body, Path extends string = string> {
  readonly context: Context
  readonly caller: Caller
  /** Changes what teamspaces own in the caller's name. */
  readonly editor: Editor
  /** Of the path; empty when it has none, or none that could exist. */
  readonly slug: string
  /** Of the path, when it names one. */
  readonly teamspace: Path extends `${string}/:slug${string}` ? Teamspace : undefined
  /** The versions that a change may replace; read where the route is versioned. */
  readonly ifMatch: IfMatch
  readonly query: Query
  readonly body: Body
}

export type Handle<Query, Body, Path extends string = string> = (
  call: ApiCall<Query, Body, Path>,
) => Response | Promise<Response>

/** A route with what it does. */
export interface ServedRoute extends ApiRoute {
  readonly handle: Handle<never, never, never>
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined

type Declared<Path, Query, Body> = Omit<ApiRoute, 'path' | 'query' | 'body'> & {
  readonly path: Path
  readonly query?: Query
  readonly body?: Body
}

/** Binds what a route promises to what it does: query and body arrive as the schemas say. */
export function apiRoute<
  const Path extends string,
  Query extends z.ZodType | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(route: Declared<Path, Query, Body>, handle: Handle<Parsed<Query>, Parsed<Body>, Path>): ServedRoute {
  return { ...route, handle } as unknown as ServedRoute
}
