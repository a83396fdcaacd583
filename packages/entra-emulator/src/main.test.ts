import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

const main = new URL('./main.ts', import.meta.url).pathname
const run = (...args: string[]) => spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })

test('the program prints addresses and users, answers, and stops on Ctrl-C', async () => {
  const child = run('--port', '0')
  let printed = ''
  for await (const chunk of child.stdout) {
    printed += String(chunk)
    if (printed.includes('Ctrl-C')) break
  }
  assert.match(printed, /ada@acme\.example {2}password: ada-password/)
  const url = /Entra emulator at (\S+)/.exec(printed)?.[1]
  const response = await fetch(`${url}/acme.example/v2.0/.well-known/openid-configuration`)
  assert.equal(response.status, 200)
  const exit = once(child, 'exit')
  child.kill('SIGINT')
  assert.deepEqual(await exit, [0, null])
})

test('a bad option or seed ends with one line and exit code 1', async () => {
  for (const args of [['--port', 'many'], ['--seed', '/nowhere.json'], ['--colour']]) {
    const child = run(...args)
    let complaint = ''
    child.stderr.on('data', (chunk) => (complaint += String(chunk)))
    const [code] = await once(child, 'close')
    assert.equal(code, 1, complaint)
    assert.match(complaint, /^entra-emulator: .+\n$/)
  }
})
