import type { Parsed } from './parsed.ts'

export type Environment = Readonly<Record<string, string | undefined>>

export interface Variable<Value> {
  readonly name: string
  readonly value: Value
}

/** Long enough for any list of modes; what is shown of a value stays one short line. */
const MAX_SHOWN = 60

/**
 * A setting from the environment that has several spellings. All that are set must say the same once they are parsed:
 * which of two the operator meant is not to be guessed (S3-03). Undefined when none is set, or none is usable.
 */
export function readVariable<Value>(
  env: Environment,
  spellings: readonly string[],
  { parse, problems }: { parse: (text: string) => Parsed<Value>; problems: string[] },
): Variable<Value> | undefined {
  let first: Variable<Value> | undefined
  for (const name of spellings.flatMap((spelling) => namesIn(env, spelling))) {
    const text = env[name]!
    const parsed = parse(text)
    if ('problem' in parsed) {
      problems.push(`${name} in the environment: ${parsed.problem}; it is ${show(text)}`)
    } else if (first && JSON.stringify(first.value) !== JSON.stringify(parsed.value)) {
      problems.push(`${name} in the environment: contradicts ${first.name}, another name of the same; unset one`)
    } else first ??= { name, value: parsed.value }
  }
  return first
}

/** .NET looks its settings up in any case: a container that comes from there may have AZUREAD__TENANTID. */
function namesIn(env: Environment, spelling: string): string[] {
  if (!spelling.includes('__')) return env[spelling] === undefined ? [] : [spelling]
  const wanted = spelling.toLowerCase()
  return Object.keys(env).filter((name) => name.toLowerCase() === wanted && env[name] !== undefined)
}

const show = (text: string): string => (text === '' ? 'empty' : JSON.stringify(text.slice(0, MAX_SHOWN)))
