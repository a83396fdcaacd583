import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { Command } from 'commander'
import type { DemoFile } from '../demo/demo-files.ts'
import { CommandFailed } from './terminal.ts'
import type { Terminal } from './terminal.ts'
import { tourLines } from './tour-lines.ts'

export function tourCommand(program: Command, terminal: Terminal): void {
  program
    .command('tour')
    .description('walk a real MCP client through the running demo, and be refused where it should be')
    .option('--data <dir>', "the demo's folder", '.sallyport')
    .option('--json', 'print JSON for programs')
    .action(async ({ data, json }: { data: string; json?: true }) => {
      const { tourSteps } = await import('../tour/steps.ts')
      const results = []
      for (const step of tourSteps(await readDemo(data), terminal.fetch)) {
        const result = await step.run().then(
          (says) => ({ ok: true, title: step.title, says }),
          (error: unknown) => ({
            ok: false,
            title: step.title,
            says: error instanceof Error ? error.message : String(error),
          }),
        )
        results.push(result)
        if (!json) tourLines(result, terminal.columns).forEach((line) => terminal.out(line))
      }
      if (json) terminal.out(JSON.stringify(results, undefined, 2))
      const failed = results.filter(({ ok }) => !ok).length
      if (failed > 0) throw new CommandFailed(`${failed} of ${results.length} promises did not hold`)
    })
}

async function readDemo(data: string): Promise<DemoFile> {
  const file = path.join(data, 'demo.json')
  try {
    return JSON.parse(await readFile(file, 'utf8')) as DemoFile
  } catch {
    throw new CommandFailed(`no demo is described in ${file}: run \`npm start\` first, in another terminal`)
  }
}
