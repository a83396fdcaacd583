import type { FormErrors, FormValidateInput } from '@mantine/form'
import { ProblemError } from '../../api/client.ts'
import type { Connection } from './connection.ts'

/** How the form of one kind of connection is filled, and what it becomes. Names of its fields are flat. */
export interface FormShape<Values, Kept extends Connection> {
  toValues(connection: Kept | undefined): Values
  /** Body of the request that saves. */
  toSettings(values: Values): object
  /** Body of the request that tests. */
  toTarget(values: Values): object
  readonly validate: FormValidateInput<Values>
  /** Which field each path of the settings is about; the longest one that fits counts. */
  readonly fieldOf: Readonly<Record<string, string>>
  /** Fields whose change leaves people behind whom the connection would know no more. */
  readonly identifies: readonly string[]
}

/** The server's words by the field that they are about, and whether anything was said of none. */
export function errorsByField(error: unknown, fieldOf: Readonly<Record<string, string>>): FormErrors {
  if (!(error instanceof ProblemError)) return {}
  const found: Record<string, string> = {}
  for (const { path, says } of error.errors) {
    const field = fieldFor(path, fieldOf)
    if (field !== undefined) found[field] ??= says.charAt(0).toUpperCase() + says.slice(1)
  }
  return found
}

function fieldFor(path: string, fieldOf: Readonly<Record<string, string>>): string | undefined {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('.')))) {
    if (Object.hasOwn(fieldOf, at)) return fieldOf[at]
  }
  return undefined
}

export const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())
export const isFilled =
  (says: string) =>
  (text: string): string | null =>
    text.trim() === '' ? says : null
