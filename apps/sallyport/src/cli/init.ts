import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import { withCommonOptions } from './admin-command.ts'
import type { CommonOptions } from './admin-command.ts'
import { SAMPLE_CONFIG } from './sample-config.ts'
import { CommandFailed, print } from './terminal.ts'
import type { Terminal } from './terminal.ts'

export function initCommand(program: Command, terminal: Terminal): void {
  withCommonOptions(program.command('init').description('write a first sallyport.yaml and its key')).action(
    async ({ config: file, json }: CommonOptions) => {
      const keyFile = path.join(path.dirname(file), 'sallyport.key')
      await writeNew(keyFile, `${randomBytes(32).toString('base64')}\n`)
      await writeNew(file, SAMPLE_CONFIG).catch(async (error: unknown) => {
        await rm(keyFile) // made a moment ago, and nothing is sealed with it
        throw error
      })
      print(terminal, { lines: nextSteps(file, keyFile), json: { config: file, keyFile } }, json === true)
    },
  )
}

/** Never overwrites: an old key is the only way to the secrets that were sealed with it. */
async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
    throw new CommandFailed(
      error.code === 'EEXIST'
        ? `${file} is there already; nothing was changed`
        : `${file} cannot be written (${error.code})`,
    )
  })
}

const nextSteps = (file: string, keyFile: string): string[] => [
  `Wrote ${file} and ${keyFile}. Keep a copy of the key: without it the stored secrets are lost.`,
  'Next: name your MCP server and public URL in the file, then',
  '  sallyport serve',
  'It prints a link that opens the console once, for its first operator; a teamspace is set up there, or by',
  '  sallyport teamspace create acme --name "Acme"',
  '  sallyport connection set acme --entra --tenant TENANT_ID --audience CLIENT_ID --scope SCOPE',
  '  sallyport member add acme --email anna@acme.example --oid OBJECT_ID --role owner',
]
