import type { Command } from 'commander'
import { DatabaseLocked } from '../store/sqlite-lock.ts'
import { openStore } from '../store/store.ts'
import { withCommonOptions } from './admin-command.ts'
import type { CommonOptions } from './admin-command.ts'
import { print } from './terminal.ts'
import type { Terminal } from './terminal.ts'

export function migrateCommand(program: Command, terminal: Terminal): void {
  withCommonOptions(program.command('migrate').description('bring the database up to date')).action(
    async ({ config: configFile, json }: CommonOptions) => {
      const { database, sealingKey } = await terminal.loadConfig(configFile, terminal.env)
      const line = await migrate(database, sealingKey)
      print(terminal, { lines: [line], json: { upToDate: true } }, json === true)
    },
  )
}

async function migrate(url: string, sealingKey: Uint8Array): Promise<string> {
  try {
    const store = await openStore({ url, sealingKey })
    await store.close()
    return 'The database is up to date.'
  } catch (error) {
    if (!(error instanceof DatabaseLocked)) throw error
    return 'A running Sallyport has the database; it brought it up to date when it started.'
  }
}
