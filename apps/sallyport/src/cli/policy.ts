import type { Command } from 'commander'
import { stringify } from 'yaml'
import { diffPolicies } from '../policies/policy-diff.ts'
import type { PolicyView } from '../policies/policy-view.ts'
import { DEFAULT_POLICY, MAX_POLICY_BYTES } from '../policies/policy.ts'
import type { Policy } from '../policies/policy.ts'
import { checkedPolicySchema } from '../policies/checked-policy.ts'
import { adminCommand } from './admin-command.ts'
import { policyTestCommand } from './policy-test.ts'
import { readAs, readDocument } from './read-document.ts'
import type { Terminal } from './terminal.ts'

export function policyCommands(program: Command, terminal: Terminal): void {
  const group = program.command('policy').description('what a teamspace lets its callers do')
  showCommand(group, terminal)
  setCommand(group, terminal)
  removeCommand(group, terminal)
  policyTestCommand(group, terminal)
}

const policyOf = (slug = ''): string => `/teamspaces/${encodeURIComponent(slug)}/policy`

/** The document itself, so that what is shown can be edited and set again. */
function showCommand(group: Command, terminal: Terminal): void {
  adminCommand(
    group.command('show <slug>').description('show the policy, as YAML'),
    terminal,
    async (client, [slug]) => {
      const view = await client.send<PolicyView>('GET', policyOf(slug))
      const state = view.version === 0 ? 'none was saved: this is the default' : savedWhen(view)
      return { lines: [`# Policy of ${slug}; ${state}`, stringify(view.policy).trimEnd()], json: view.policy }
    },
  )
}

function setCommand(group: Command, terminal: Terminal): void {
  adminCommand(
    group.command('set <slug> <file>').description('replace the policy by a YAML or JSON file; - for standard input'),
    terminal,
    async (client, [slug, file = '']) => {
      const policy = readAs(checkedPolicySchema, await readDocument(file, MAX_POLICY_BYTES), file)
      const before = await client.send<PolicyView>('GET', policyOf(slug))
      const ifMatch = { 'if-match': `"${before.version}"` }
      const after = await client.send<PolicyView>('PUT', policyOf(slug), policy, ifMatch)
      const warnings = (after.warnings ?? []).map((warning) => `Note: ${warning}`)
      return { lines: [...sayChange(slug!, before, after), ...warnings], json: after }
    },
  )
}

function removeCommand(group: Command, terminal: Terminal): void {
  adminCommand(
    group.command('remove <slug>').description('go back to the default: members may call what servers offer'),
    terminal,
    async (client, [slug]) => {
      const removed = await client.send<{ removed: boolean }>('DELETE', policyOf(slug))
      return { lines: [removed.removed ? `Removed the policy of ${slug}.` : `${slug} has no policy.`], json: removed }
    },
  )
}

const savedWhen = ({ version, updated_at, updated_by }: PolicyView): string =>
  `version ${version}, saved ${updated_at} by ${updated_by}`

function sayChange(slug: string, before: PolicyView, after: PolicyView): string[] {
  if (after.version === before.version) return [`${slug} has this policy already: version ${after.version}.`]
  const heading = `Set the policy of ${slug}: version ${after.version}.`
  const [old, policy] = [before.policy as Policy, after.policy as Policy]
  const diff = diffPolicies(Array.isArray(old?.rules) ? old : DEFAULT_POLICY, policy)
  if (!diff) return [heading]
  const [gone, come] = [diff.before, diff.after].map(({ rules }) => rules.map(({ name }) => name)) as [
    string[],
    string[],
  ]
  const scopesAsked = ({ askForAllScopes = false }: { askForAllScopes?: boolean | undefined }) => askForAllScopes
  return [
    heading,
    ...(diff.before.default === diff.after.default ? [] : [`default: ${diff.before.default} → ${diff.after.default}`]),
    ...(scopesAsked(diff.before) === scopesAsked(diff.after) ? [] : [`askForAllScopes: ${scopesAsked(diff.after)}`]),
    ...come.map((name) => `${gone.includes(name) ? 'changed' : 'added'}: ${name}`),
    ...gone.filter((name) => !come.includes(name)).map((name) => `removed: ${name}`),
  ]
}
