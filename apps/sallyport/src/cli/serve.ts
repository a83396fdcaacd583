import type { Command } from 'commander'
import { startSallyport } from '../serve/start.ts'
import { createLog } from '../telemetry/log.ts'
import { onHangUp } from './on-hang-up.ts'
import { untilStopped } from './until-stopped.ts'
import type { Terminal } from './terminal.ts'

export function serveCommand(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description('run the gate and its admin side')
    .option('--config <file>', 'configuration file', './sallyport.yaml')
    .action(async ({ config: file }: { config: string }) => {
      const config = await terminal.loadConfig(file, terminal.env)
      const log = createLog()
      const sallyport = await startSallyport(config, { log, fetch: terminal.fetch, now: terminal.now })
      for (const { name, path, upstream } of config.servers) {
        // Without its query, where some servers want their key.
        terminal.out(`${name}: ${config.publicUrl}${path} → ${upstream.origin}${upstream.pathname}`)
      }
      terminal.out(`admin: ${sallyport.adminUrl}`)
      terminal.out('Sallyport is ready')
      const stopReloading = onHangUp(async () => {
        const kept = await sallyport.reload(await terminal.loadConfig(file, terminal.env))
        log('The configuration was read again', kept.length > 0 ? { needsRestart: kept } : {})
      }, log)
      await untilStopped()
      stopReloading()
      await sallyport.close()
    })
}
