import { readFile } from 'node:fs/promises'
import { findSeedProblems } from './seed-problems.ts'
import { seedSchema, type LoadedSeed } from './seed.ts'

const checkedSchema = seedSchema.superRefine((seed, context) => {
  for (const { path, message } of findSeedProblems(seed)) context.addIssue({ code: 'custom', path, message })
})

/** Throws one error that names every problem with its place. */
export function parseSeed(input: unknown): LoadedSeed {
  const parsed = checkedSchema.safeParse(input)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(root)'}: ${issue.message}`)
  throw new Error(`The seed is not valid:\n${problems.join('\n')}`)
}

export async function loadSeed(path: string | URL): Promise<LoadedSeed> {
  const text = await readFile(path, 'utf8')
  try {
    return parseSeed(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
