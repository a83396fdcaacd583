import { readFile } from 'node:fs/promises'
import { ConfigInvalid } from './config-invalid.ts'
import type { Config } from './config.ts'
import type { Environment } from './environment.ts'
import { parseConfigFile } from './parse-config-file.ts'
import type { ConfigFlags } from './parse-config-file.ts'
import { resolveConfig } from './resolve-config.ts'

/** Reads `sallyport.yaml` and the environment, which wins. Throws `ConfigInvalid` with all problems at once. */
export async function loadConfig(
  file: string,
  env: Environment = process.env,
  flags: ConfigFlags = {},
): Promise<Config> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigInvalid(file, [
      error.code === 'ENOENT' ? 'there is no such file (`sallyport init` writes one)' : error.message,
    ])
  })
  const parsed = parseConfigFile(text, file, flags)
  return resolveConfig(parsed, { file, env })
}
