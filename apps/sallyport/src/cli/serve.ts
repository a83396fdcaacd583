import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { ConfigFlags } from '../config/parse-config-file.ts'
import { startSallyport } from '../serve/start.ts'
import { createLog } from '../telemetry/log.ts'
import { onHangUp } from './on-hang-up.ts'
import { untilStopped } from './until-stopped.ts'
import type { Terminal } from './terminal.ts'

interface ServeOptions extends NonNullable<ConfigFlags['kubernetes']> {
  readonly config: string
}

export function serveCommand(program: Command, terminal: Terminal): void {
  program
    .command('serve')
    .description('run the gate and its admin side')
    .option('--config <file>', 'configuration file', './sallyport.yaml')
    .option('--require-oauth', 'settings of the kubernetes section, as kubernetes-mcp-server spells them')
    .option('--authorization-url <url>', 'issuer that verifies tokens instead of TokenReview')
    .option('--server-url <url>', 'public URL of the server, and what tokens are for')
    .option('--oauth-audience <audience>', 'what tokens are for, when it is not the server URL')
    .option('--certificate-authority <file>', 'PEM file with the authority of the authorization URL')
    .action(async ({ config: file, ...kubernetes }: ServeOptions) => {
      const { certificateAuthority: authority } = kubernetes
      // A path of the command line is relative to where it was written, not to the file.
      const flags = authority === undefined ? kubernetes : { ...kubernetes, certificateAuthority: resolve(authority) }
      const load = () => terminal.loadConfig(file, terminal.env, { kubernetes: flags })
      const config = await load()
      const log = createLog(undefined, config.logLevel)
      const sallyport = await startSallyport(config, { log, fetch: terminal.fetch, now: terminal.now })
      for (const { name, path, upstream } of config.servers) {
        // Without its query, where some servers want their key.
        terminal.out(`${name}: ${config.publicUrl}${path} → ${upstream.origin}${upstream.pathname}`)
      }
      terminal.out(`admin: ${sallyport.adminUrl}`)
      if (config.console.url !== undefined) terminal.out(`console: ${config.console.url}`)
      // To whoever sits at the terminal, and never to the log: it makes its first visitor the operator.
      if (sallyport.bootstrapLink !== undefined) terminal.out(`first sign-in, once: ${sallyport.bootstrapLink}`)
      terminal.out('Sallyport is ready')
      const stopReloading = onHangUp(async () => {
        const kept = await sallyport.reload(await load())
        log('The configuration was read again', kept.length > 0 ? { needsRestart: kept } : {})
      }, log)
      await untilStopped()
      stopReloading()
      await sallyport.close()
    })
}
