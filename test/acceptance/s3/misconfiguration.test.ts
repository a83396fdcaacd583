import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, it, test } from 'node:test'
import type { TestContext } from 'node:test'
import { runCli } from '../../../apps/sallyport/src/cli/run-cli.ts'
import { loadConfig } from '../../../apps/sallyport/src/config/load-config.ts'
import { runProgram, SALLYPORT, temporaryFolder } from '../../e2e/support/program.ts'
import { MISCONFIGURATIONS } from './misconfigurations.ts'
import type { Misconfiguration } from './misconfigurations.ts'

/**
 * What operators are told, read side by side: each message names the setting, what is wrong with it, and what to do.
 * To write it anew after a change, and then read the difference: `UPDATE_GOLDEN=1 node --test` with this file.
 */
const GOLDEN = new URL('./misconfiguration.golden.txt', import.meta.url)

const isUpdate = process.env.UPDATE_GOLDEN !== undefined
const golden = readSections(await readFile(GOLDEN, 'utf8').catch(() => ''))
const said = new Map<string, string>()

function readSections(text: string): Map<string, string> {
  const sections = text.split(/^## /m).slice(1)
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')),
      section.slice(section.indexOf('\n') + 1).trimEnd(),
    ]),
  )
}

describe('S3-40 sallyport serve with a configuration that cannot be used', { concurrency: 4, timeout: 60_000 }, () => {
  for (const wrong of MISCONFIGURATIONS) {
    it(`says so of ${wrong.title}, exits, and opens no port`, async (t) => {
      const { folder, ports, configFile } = await installation(t, wrong)
      const run = wrong.asProgram ? runProgram : runHere
      const args = [SALLYPORT, 'serve', '--config', configFile]
      const { code, stdout, stderr } = await run(t, args, { env: wrong.env ?? {} })
      assert.ok(code !== 0 && code !== null, `exit code ${code}`)
      assert.equal(stdout, '')
      assert.ok(!stderr.includes('canary') && !/hunter2|\n {4}at /.test(stderr), stderr)
      const shown = `${conditions(wrong)}${stderr}`
        .replaceAll(`${folder}/`, './')
        .replaceAll(`${ports[0]}`, 'PORT')
        .trimEnd()
      said.set(wrong.title, shown)
      if (!isUpdate) assert.equal(shown, golden.get(wrong.title))
    })
  }

  it('says so of a port that another program has', async (t) => {
    const { ports, configFile } = await installation(t, { title: '' })
    const { code, stdout, stderr } = await runProgram(t, [SALLYPORT, 'serve', '--config', configFile], {})
    assert.deepEqual([code, stdout], [1, ''])
    const [, last] = /\n(sallyport: [^\n]*)\n$/.exec(stderr)!
    assert.equal(last, `sallyport: 127.0.0.1:${ports[1]} is in use by another program; stop that, or change listen`)
  })
})

test('the page of messages has each case and no other', async () => {
  if (isUpdate) {
    const sections = MISCONFIGURATIONS.map(({ title }) => `## ${title}\n${said.get(title)}\n`)
    await writeFile(GOLDEN, sections.join('\n'))
  } else
    assert.deepEqual(
      [...golden.keys()],
      MISCONFIGURATIONS.map(({ title }) => title),
    )
})

/** What leads to the message, as far as it differs from a configuration that works. */
function conditions({ env = {}, top, server, outbound, listen, file }: Misconfiguration): string {
  const lines = [
    ...Object.entries(env).map(([name, value]) => `${name}=${value}`),
    ...(top ?? '').split('\n'),
    ...(server === undefined ? [] : [`servers.tools.${server}`]),
    ...(outbound === undefined ? [] : [`servers.tools.outbound: ${outbound}`]),
    ...(listen === undefined ? [] : [`listen.public: ${listen}:PORT`]),
    ...(file ?? '').split('\n'),
  ]
  return lines
    .filter((line) => line !== '')
    .map((line) => `  ${line}\n`.replaceAll('canary', 'PASSWORD'))
    .join('')
}

async function installation(t: TestContext, wrong: Misconfiguration) {
  const folder = await temporaryFolder(t)
  // Others have the ports already: a program that tried to open one would say so, and not what is expected here.
  const ports = [await takenPort(t), await takenPort(t)]
  const configFile = path.join(folder, 'sallyport.yaml')
  const usual = `publicUrl: http://127.0.0.1:${ports[0]}
listen: { public: '${wrong.listen ?? '127.0.0.1'}:${ports[0]}', admin: 127.0.0.1:${ports[1]} }
servers:
  tools:
    path: /tools/mcp
    upstream: http://127.0.0.1:9000/mcp
    outbound: ${wrong.outbound ?? '{ kind: none }'}
${wrong.server === undefined ? '' : `    ${wrong.server}\n`}${wrong.top ?? ''}
`
  if (wrong.file !== null) await writeFile(configFile, wrong.file ?? usual)
  for (const [name, text] of Object.entries(wrong.beside ?? {})) await writeFile(path.join(folder, name), text)
  return { folder, ports, configFile }
}

/** The same without the half second that a process takes; one that would start is stopped by the test's time limit. */
async function runHere(_t: TestContext, args: readonly string[], { env }: { env: Readonly<Record<string, string>> }) {
  let [stdout, stderr] = ['', '']
  const out = (line: string) => void (stdout += `${line}\n`)
  const err = (line: string) => void (stderr += `${line}\n`)
  const code = await runCli(args.slice(1), { env, loadConfig, fetch, now: Date.now, out, err })
  return { code, stdout, stderr }
}

function takenPort(t: TestContext): Promise<number> {
  const squatter = createServer()
  t.after(() => squatter.close())
  return new Promise((resolve) => {
    squatter.listen(0, '127.0.0.1', () => resolve((squatter.address() as AddressInfo).port))
  })
}
