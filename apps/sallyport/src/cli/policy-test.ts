import path from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { checkedPolicySchema } from '../policies/checked-policy.ts'
import { compilePolicy } from '../policies/compile.ts'
import { MAX_CASES, MAX_CASES_BYTES, policyCaseSchema } from '../policies/policy-case.ts'
import type { PolicyCase } from '../policies/policy-case.ts'
import { NAMES_AS_WRITTEN, resolveNames } from '../policies/policy-names.ts'
import { MAX_POLICY_BYTES } from '../policies/policy.ts'
import type { Policy } from '../policies/policy.ts'
import { tryCase } from '../policies/try-policy.ts'
import type { CaseResult } from '../policies/try-policy.ts'
import { withAdminClient } from './admin-client.ts'
import { withCommonOptions } from './admin-command.ts'
import type { CommonOptions } from './admin-command.ts'
import { unreadable } from './read-bytes.ts'
import { readAs, readDocument } from './read-document.ts'
import { CommandFailed, print } from './terminal.ts'
import type { Terminal } from './terminal.ts'

interface TestOptions extends CommonOptions {
  readonly policy?: string
  readonly teamspace?: string
}

const testFile = z.strictObject({
  policy: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  cases: z.array(z.unknown()).min(1).max(MAX_CASES),
})
const cases = z.strictObject({ cases: z.array(policyCaseSchema) })

/** Tries a policy on the cases of a file. Needs neither a server nor a database, unless the saved policy is meant. */
export function policyTestCommand(group: Command, terminal: Terminal): void {
  const command = group
    .command('test <file>')
    .description('try a policy on the cases of a file; made for CI')
    .option('--policy <file>', 'try this policy, whatever the file says')
    .option('--teamspace <slug>', 'try the policy that this teamspace has saved')
  withCommonOptions(command).action(async (file: string, options: TestOptions) => {
    if (options.policy !== undefined && options.teamspace !== undefined) {
      throw new CommandFailed('--policy and --teamspace exclude each other', 2)
    }
    const stated = readAs(testFile, await readDocument(file, MAX_CASES_BYTES), file)
    const asked = readAs(cases, { cases: stated.cases }, file).cases
    const results =
      options.teamspace === undefined
        ? tryAll(await policyFor(file, stated.policy, options.policy), asked, terminal.now())
        : await trySaved(terminal, options, stated.cases)
    report(terminal, { asked, results }, options.json === true)
  })
}

/** Of the file itself, of another that it names (from its own folder), or of the one that the command line names. */
async function policyFor(file: string, stated: unknown, given: string | undefined): Promise<Policy> {
  if (given === undefined && stated === undefined) throw unreadable(file, 'names no policy: add one, or say --policy')
  const source = given ?? (typeof stated === 'string' ? path.resolve(path.dirname(file), stated) : undefined)
  return readPolicy(source === undefined ? { stated } : { file: source }, file)
}

async function readPolicy(source: { stated: unknown } | { file: string }, testedIn: string): Promise<Policy> {
  if ('stated' in source) return readAs(checkedPolicySchema, source.stated, testedIn, ['policy'])
  return readAs(checkedPolicySchema, await readDocument(source.file, MAX_POLICY_BYTES), source.file)
}

function tryAll(policy: Policy, asked: readonly PolicyCase[], now: number): readonly CaseResult[] {
  const resolved = resolveNames(policy, NAMES_AS_WRITTEN)
  const compiled = compilePolicy('policy' in resolved ? resolved.policy : policy)
  return asked.map((one) => tryCase(compiled, one, now))
}

async function trySaved(
  terminal: Terminal,
  { config, teamspace = '' }: TestOptions,
  asked: readonly unknown[],
): Promise<readonly CaseResult[]> {
  const answer = await withAdminClient(terminal, config, (client) =>
    client.send<{ results: CaseResult[] }>('POST', `/teamspaces/${encodeURIComponent(teamspace)}/policy/try`, {
      cases: asked,
    }),
  )
  return answer.results
}

/** One line a case, and the exit code 1 when one was answered otherwise than expected. */
function report(
  terminal: Terminal,
  { asked, results }: { readonly asked: readonly PolicyCase[]; readonly results: readonly CaseResult[] },
  asJson: boolean,
): void {
  const lines = asked.map((one, index) => sayCase(one, results[index]!, index))
  const failed = results.filter(({ passed }) => passed === false).length
  const failure = failed > 0 ? `${failed} of ${results.length} cases failed` : undefined
  const summary = failure === undefined ? [`${results.length} cases, as expected.`] : []
  print(terminal, { lines: [...lines, ...summary], json: results, ...(failure !== undefined && { failure }) }, asJson)
}

function sayCase(asked: PolicyCase, { passed, result, by, scopes, problem, dry_run }: CaseResult, index: number) {
  const what = asked.tool ?? asked.prompt ?? asked.resource ?? asked.method
  const called = asked.name ?? `case ${index + 1}: ${asked.server} ${what}`
  const details = [
    `by ${by}`,
    ...(scopes ? [`scopes ${scopes.join(' ')}`] : []),
    ...(problem === undefined ? [] : [problem]),
    ...(dry_run === undefined ? [] : [`dry run: ${dry_run}`]),
  ].join('; ')
  if (passed !== false) return `ok ${called}: ${result} ${details}`
  const wanted = [asked.expect ?? 'any answer', ...(asked.rule === undefined ? [] : [`by ${asked.rule}`])].join(' ')
  return `FAIL ${called}: expected ${wanted}, got ${result} ${details}`
}
