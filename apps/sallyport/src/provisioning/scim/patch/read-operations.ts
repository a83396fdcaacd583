import { reject } from '../scim-error.ts'
import { isObject } from '../document/read-value.ts'

export interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string | undefined
  readonly value: unknown
}

const OPS = ['add', 'replace', 'remove'] as const
const MAX_OPERATIONS = 1_000
const MAX_PATH_CHARACTERS = 500

/** RFC 7644 §3.5.2. Entra writes `Add` and `Replace`. */
export function readOperations(body: unknown): readonly Operation[] {
  const operations = isObject(body) ? memberOf(body, 'operations') : undefined
  if (!Array.isArray(operations) || operations.length === 0) {
    return reject('invalidSyntax', 'Operations must be a list with at least one operation')
  }
  if (operations.length > MAX_OPERATIONS) reject('invalidSyntax', `There are at most ${MAX_OPERATIONS} operations`)
  return operations.map(readOperation)
}

function readOperation(input: unknown): Operation {
  if (!isObject(input)) return reject('invalidSyntax', 'An operation must be an object')
  const named = memberOf(input, 'op')
  const op = OPS.find((known) => typeof named === 'string' && named.toLowerCase() === known)
  const path = memberOf(input, 'path') ?? undefined
  if (!op) return reject('invalidSyntax', 'op must be add, replace or remove')
  if (path !== undefined && (typeof path !== 'string' || path.length > MAX_PATH_CHARACTERS)) {
    return reject('invalidPath', 'The path of an operation must be a short text')
  }
  return { op, path: path === '' ? undefined : path, value: memberOf(input, 'value') }
}

function memberOf(object: Record<string, unknown>, name: string): unknown {
  const key = Object.keys(object).find((each) => each.toLowerCase() === name)
  return key === undefined ? undefined : object[key]
}
