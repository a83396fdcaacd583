import { LineCounter, parseDocument } from 'yaml'
import type { Document } from 'yaml'
import { ConfigInvalid } from './config-invalid.ts'
import { contradictions } from './contradictions.ts'
import type { Problem } from './findings.ts'
import { sayIssue } from './say-issue.ts'
import { configFileSchema } from './schema.ts'
import type { ConfigFile } from './schema.ts'

/** Settings of the command line, which win over the file's. */
export interface ConfigFlags {
  readonly kubernetes?: Partial<NonNullable<ConfigFile['kubernetes']>>
}

/** Checks the text of a configuration file against the schema and against itself. */
export function parseConfigFile(text: string, file: string, flags: ConfigFlags = {}): ConfigFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  const at = (offset: number | undefined, message: string) =>
    offset === undefined ? message : `line ${lines.linePos(offset).line}: ${message}`
  if (document.errors.length > 0) {
    throw new ConfigInvalid(
      file,
      document.errors.map((error) => at(error.pos[0], sayYaml(error.message))),
    )
  }
  const plain = withFlags(toPlain(document, file) ?? {}, flags)
  const result = configFileSchema.safeParse(plain, { error: sayIssue })
  const problems = result.success
    ? [...contradictions(result.data), ...flagProblems(result.data, flags)]
    : result.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a setting' }))
          : [{ path: issue.path, message: issue.message }],
      )
  if (problems.length > 0 || !result.success) {
    throw new ConfigInvalid(
      file,
      problems.map((problem) => at(offsetOf(document, problem.path), `${problem.path.join('.')}: ${problem.message}`)),
    )
  }
  return result.data
}

/** A flag that turns the section on says so; without it, what the section asks for stays asked for. */
function withFlags(plain: unknown, { kubernetes }: ConfigFlags): unknown {
  if (!kubernetes || Object.keys(kubernetes).length === 0 || typeof plain !== 'object' || plain === null) return plain
  const section = (plain as { kubernetes?: object }).kubernetes ?? { requireOauth: false }
  return { ...plain, kubernetes: { ...section, ...kubernetes } }
}

/** A flag that says what tokens are for must not be what switches them off: without any, servers would take everybody. */
function flagProblems({ kubernetes: section }: ConfigFile, { kubernetes: flags }: ConfigFlags): Problem[] {
  if (section?.requireOauth !== false || flags?.oauthAudience === undefined) return []
  return [
    { path: ['kubernetes', 'oauthAudience'], message: 'oauth-audience is only valid if require-oauth is enabled' },
  ]
}

/** Its first line says what; where is said already. */
const sayYaml = (message: string): string => message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '')

/** Without aliases: a few lines of them can stand for gigabytes. */
function toPlain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 })
  } catch {
    throw new ConfigInvalid(file, ['YAML aliases are not taken: write the value out'])
  }
}

/** The line of a setting, or of the nearest part of its path that is written down. */
function offsetOf(document: Document, keys: readonly PropertyKey[]): number | undefined {
  for (let length = keys.length; length > 0; length--) {
    const parent = document.getIn(keys.slice(0, length - 1), true) ?? document.contents
    const pair = (parent as { items?: { key?: { value?: unknown; range?: [number] } }[] } | undefined)?.items?.find(
      (item) => item?.key?.value === keys[length - 1],
    )
    if (pair?.key?.range) return pair.key.range[0]
  }
  return undefined
}
