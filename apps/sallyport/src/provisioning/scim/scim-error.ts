/** RFC 7644 §3.12, table 9; those that we have a use for. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'

/** Why a request was not carried out, as a value. `detail` is one plain line, and never holds what was sent. */
export interface ScimError {
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 429 | 500 | 501 | 503
  readonly scimType?: ScimType | undefined
  readonly detail: string
}

/** An error in the place of a result. */
export interface ScimDenial {
  readonly scimError: ScimError
}

export const scimDenial = (status: ScimError['status'], detail: string, scimType?: ScimType): ScimDenial => ({
  scimError: { status, detail, scimType },
})

export const badRequest = (scimType: ScimType, detail: string): ScimDenial => scimDenial(400, detail, scimType)

export const isScimDenial = <Result extends object>(result: Result | ScimDenial): result is ScimDenial =>
  'scimError' in result

/** RFC 7644 §3.12: the status is a string. */
export const toErrorBody = ({ status, scimType, detail }: ScimError): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
  status: String(status),
  ...(scimType && { scimType }),
  detail,
})

/** Carries an error out of the depths of one pure function; `attempt` makes a value of it again. */
class Rejected extends Error {
  readonly scimError: ScimError

  constructor(scimError: ScimError) {
    super(scimError.detail)
    this.scimError = scimError
  }
}

export function reject(scimType: ScimType, detail: string): never {
  throw new Rejected({ status: 400, scimType, detail })
}

/** The result, or what was rejected within; any other error is a fault. */
export function attempt<Result extends object>(work: () => Result): Result | ScimDenial {
  try {
    return work()
  } catch (error) {
    if (error instanceof Rejected) return { scimError: error.scimError }
    throw error
  }
}
