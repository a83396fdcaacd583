import { saveFile } from '../../../ui/save-file.ts'
import type { ConnectionKind } from '../members-queries.ts'
import { IDENTIFIERS } from '../people/identifiers.ts'

/** The columns that a file for this connection has; the rows are left to whoever fills it in. */
const templateFor = (kind: ConnectionKind): string => `email,${IDENTIFIERS[kind].column},role\r\n`

export const saveTemplate = (kind: ConnectionKind): void => saveFile('members.csv', 'text/csv', templateFor(kind))
