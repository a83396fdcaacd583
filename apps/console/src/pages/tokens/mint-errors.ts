import { ProblemError } from '../../api/client.ts'
import { fieldErrors } from '../../ui/form-errors.ts'

/** The API's fields, by the form's that they are shown beside. */
const FIELDS: Readonly<Record<string, string>> = {
  name: 'name',
  role: 'role',
  holder: 'holder',
  expires_at: 'end',
  expires_in_seconds: 'end',
  tool_scopes: 'scopes',
}

export function mintErrors(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {}
  // Of a list, whichever entry it is.
  const paths = error.errors.map(({ path }) => path)
  const errors = fieldErrors(error, paths)
  return Object.fromEntries(
    Object.entries(errors).flatMap(([path, says]) => {
      const field = FIELDS[path.split('.')[0] ?? '']
      return field === undefined ? [] : [[field, says]]
    }),
  )
}
