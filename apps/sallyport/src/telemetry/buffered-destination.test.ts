import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'

const MODULE = new URL('./buffered-destination.ts', import.meta.url).href

/** Runs a program that has a destination on its standard error. */
function start(program: string, limit = '') {
  const source = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module'
    import { bufferedDestination } from '${MODULE}'
    const out = bufferedDestination(2${limit}); const line = (n) => JSON.stringify({ n, pad: 'x'.repeat(300) }) + '\\n'
    ${program}`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'pipe'] })
  return child
}

const numbersIn = (lines: string): number[] =>
  lines
    .split('\n')
    .filter((line) => line.startsWith('{"n"'))
    .map((line) => (JSON.parse(line) as { n: number }).n)

const count = (length: number) => Array.from({ length }, (_, index) => index)

test('every line is there once and whole, in order, with flushes between', async () => {
  const child = start(`for (let n = 0; n < 5000; n++) {
    out.write(line(n))
    if (n % 700 === 0) out.flush()
    if (n % 900 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
  }`)
  assert.deepEqual(numbersIn(await text(child.stderr)), count(5000))
})

for (const [how, last] of [
  ['process.exit', 'process.exit(0)'],
  ['an exception that nobody catches', "throw new Error('nobody catches this')"],
  ['nothing more to do', ''],
] as const) {
  test(`what waits is written when the process ends by ${how}`, async () => {
    const child = start(`out.write(line(0)); out.write(line(1)); ${last}`)
    assert.deepEqual(numbersIn(await text(child.stderr)), [0, 1])
  })
}

test('a reader that stands still holds nothing up; what is more than may be held is dropped and counted', async (t) => {
  const child = start(
    `for (let n = 0; n < 10000; n++) { out.write(line(n)); if (n % 100 === 0) await new Promise(setImmediate) }
     process.stdout.write(String(out.dropped))`,
    ', 200000',
  )
  t.after(() => child.kill('SIGKILL'))
  // Nothing is read from its standard error yet, and a pipe holds a few hundred lines.
  const [dropped] = (await child.stdout.take(1).toArray()) as Buffer[]
  assert.ok(Number(dropped) > 1_000, String(dropped))
  const kept = numbersIn(await text(child.stderr))
  assert.equal(kept.length + Number(dropped), 10_000)
  assert.deepEqual(
    kept,
    [...new Set(kept)].sort((a, b) => a - b),
    'in order, each once',
  )
})

test('lines that come during a write wait for more: under load there are few writes, not one for each call', async () => {
  // Faster than one write takes, as under load; what is asked of the system is counted, not what a pipe makes of it.
  const child = start(`const usual = fs.write; let writes = 0
    fs.write = (...args) => { writes += 1; return usual(...args) }; syncBuiltinESMExports()
    const until = performance.now() + 400; let n = 0
    for (; performance.now() < until; n++) { out.write(line(n)); if (n % 4 === 0) await new Promise(setImmediate) }
    process.on('exit', () => process.stdout.write(JSON.stringify({ writes, lines: n })))`)
  const [told, lines] = await Promise.all([text(child.stdout), text(child.stderr)])
  const { writes, lines: written } = JSON.parse(told) as { writes: number; lines: number }
  assert.equal(numbersIn(lines).length, written)
  assert.ok(writes < written / 200, `${writes} writes for ${written} lines`)
})
