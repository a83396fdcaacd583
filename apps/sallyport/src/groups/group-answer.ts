/** The ids of a caller's groups, or that nobody can say. Never empty because it is not known. */
export type GroupAnswer = ReadonlySet<string> | 'unknown'
