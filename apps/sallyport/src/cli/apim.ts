import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Option } from 'commander'
import type { Command } from 'commander'
import { APIM_CLOUDS } from '../apim/apim-cloud.ts'
import { toApimInputs } from '../apim/inputs.ts'
import type { RawApimInputs } from '../apim/inputs.ts'
import { ARTEFACT_NAMES, renderApim, renderFaithfulApim } from '../apim/render.ts'
import type { Artefacts } from '../apim/render.ts'
import { CommandFailed, print } from './terminal.ts'
import type { Terminal } from './terminal.ts'

interface RenderOptions extends RawApimInputs {
  readonly out: string
  readonly faithful?: true
  readonly force?: true
  readonly json?: true
}

export function apimCommands(program: Command, terminal: Terminal): void {
  const group = program.command('apim').description('Azure API Management as a gateway of the same kind')
  withRenderOptions(group.command('render').description('write the files that deploy it')).action(
    async ({ out, faithful, force, json, ...raw }: RenderOptions) => {
      const inputs = toApimInputs(raw)
      if ('problems' in inputs) {
        throw new CommandFailed(inputs.problems.map(({ input, says }) => `${optionOf(input)} ${says}`).join('\n'))
      }
      const artefacts = faithful ? renderFaithfulApim(inputs) : renderApim(inputs)
      const files = await writeArtefacts(out, artefacts, force === true)
      print(terminal, { lines: nextSteps(out, files, faithful === true), json: { files } }, json === true)
    },
  )
}

const optionOf = (input: string): string => `--${input.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`

const withRenderOptions = (command: Command): Command =>
  command
    .requiredOption('--tenant <guid>', 'Entra tenant (directory) ID')
    .requiredOption('--gateway-client-id <guid>', 'client ID of the gateway app')
    .requiredOption('--api-client-id <guid>', 'client ID of the MCP API app')
    .requiredOption('--host <name>', 'host name of the gateway, such as acme.azure-api.net')
    .requiredOption('--backend <url>', 'the MCP server behind; path /mcp/oauth unless it has one')
    .requiredOption('--publisher-email <address>', 'shown by API Management')
    .requiredOption('--publisher-name <name>', 'shown by API Management')
    .addOption(new Option('--cloud <name>', 'Azure cloud').choices(Object.keys(APIM_CLOUDS)).default('global'))
    .option('--api-path <segment>', 'first path segment of the MCP endpoint', 'context7')
    .option('--scope <name>', 'scope of the gateway app', 'Mcp.Gateway.Access')
    .option('--out <dir>', 'folder for the files', 'apim')
    .option('--faithful', 'the shape of the source guide, traps included')
    .option('--force', 'replace files that are there')
    .option('--json', 'print JSON for programs')

async function writeArtefacts(folder: string, artefacts: Partial<Artefacts>, force: boolean): Promise<string[]> {
  const present = await namesPresent(folder)
  if (present.length > 0 && !force) {
    throw new CommandFailed(`${path.join(folder, present[0]!)} is there already; nothing was written. See --force`)
  }
  try {
    await mkdir(folder, { recursive: true })
    // What is there goes first: a new file gets its mode, and none of the other shape stays behind.
    await Promise.all(present.map((name) => rm(path.join(folder, name))))
    const entries = Object.entries(artefacts)
    await Promise.all(
      entries.map(([name, text]) =>
        writeFile(path.join(folder, name), text, { flag: 'wx', mode: name.endsWith('.sh') ? 0o755 : 0o644 }),
      ),
    )
    return entries.map(([name]) => path.join(folder, name))
  } catch (error) {
    throw new CommandFailed(
      `${folder} cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown reason'})`,
    )
  }
}

async function namesPresent(folder: string): Promise<string[]> {
  const found = await Promise.all(
    ARTEFACT_NAMES.map((name) =>
      access(path.join(folder, name)).then(
        () => [name],
        () => [],
      ),
    ),
  )
  return found.flat()
}

const nextSteps = (folder: string, files: readonly string[], faithful: boolean): string[] => [
  ...files.map((file) => `Wrote ${file}`),
  faithful
    ? `Next: read ${path.join(folder, 'README.md')}; these files keep the traps of the source guide.`
    : `Next: GATEWAY_SECRET_FILE=gateway.secret ${path.join(folder, 'deploy.sh')}, signed in with az.`,
]
