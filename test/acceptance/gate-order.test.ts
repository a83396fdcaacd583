import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { before, after, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { STEPS as ALL_STEPS } from '../../apps/sallyport/src/telemetry/step.ts'

const ROOT = path.join(import.meta.dirname, '../..')
/** Those that can refuse a call. */
const STEPS = ALL_STEPS.filter((step) => step !== 'forward')

/** `const admitted = await admit(authenticated, …)`, with the check of its outcome. */
const stepPattern = (step: string) =>
  new RegExp(`\\n  const (\\w+) = (?:await )?${step}\\((\\w+),?[^\\n]*\\n  if \\(isDenied\\([^\\n]*\\n`)

/** gate.ts without one step: whoever came after it is given what the step itself was given. */
function without(step: string, source: string): string {
  if (step === 'exchange') return source.replace(/return exchange\((\w+), [^)]*\)/, 'return $1')
  const [lines, produced, given] = findStep(step, source)
  return source.replace(lines, '\n').replaceAll(new RegExp(`\\b${produced}\\b`, 'g'), given!)
}

/** gate.ts in which the outcome of one step is used without asking whether it is a refusal. */
function unasked(step: string, source: string): string {
  const [lines] = findStep(step, source)
  return source.replace(lines, lines.replace(/\n  if [^\n]*\n$/, '\n'))
}

function findStep(step: string, source: string) {
  const match = stepPattern(step).exec(source)
  assert.ok(match, `gate.ts has no line for ${step} in the usual form`)
  return match as unknown as [lines: string, produced: string, given: string]
}

describe('the order of checks is the order of types', () => {
  let folder: string
  let errors: string

  before(async () => {
    await mkdir(path.join(ROOT, '.tmp'), { recursive: true })
    folder = await mkdtemp(path.join(ROOT, '.tmp/gate-order-'))
    await cp(path.join(ROOT, 'apps/sallyport/src'), path.join(folder, 'src'), { recursive: true })
    await cp(path.join(ROOT, 'apps/sallyport/node_modules'), path.join(folder, 'node_modules'), { recursive: true })
    const source = await readFile(path.join(ROOT, 'apps/sallyport/src/gate/gate.ts'), 'utf8')
    const variants = { whole: source } as Record<string, string>
    for (const step of STEPS) {
      variants[`without-${step}`] = without(step, source)
      if (step !== 'exchange') variants[`unasked-${step}`] = unasked(step, source)
    }
    variants['unrecorded'] = source.replace(/forward\(recorded [^,]*,/, 'forward(outcome,')
    for (const [name, text] of Object.entries(variants)) await writeFile(path.join(folder, `src/gate/${name}.ts`), text)
    const tsconfig = {
      extends: path.join(ROOT, 'tsconfig.json'),
      compilerOptions: { types: ['node'], typeRoots: [path.join(ROOT, 'node_modules/@types')], noUnusedLocals: false },
      include: Object.keys(variants).map((name) => `src/gate/${name}.ts`),
      exclude: [],
    }
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
    const tsc = promisify(execFile)(path.join(ROOT, 'node_modules/.bin/tsc'), ['--noEmit', '-p', folder], {
      cwd: folder,
      timeout: 60_000,
    })
    errors = await tsc.then(
      ({ stdout }) => stdout,
      (failure: { stdout: string }) => failure.stdout,
    )
  })

  after(() => rm(folder, { recursive: true, force: true }))

  const errorsOf = (name: string) => errors.split('\n').filter((line) => line.includes(`${name}.ts(`))

  it('the gate as it stands compiles', () => {
    assert.deepEqual(errorsOf('whole'), [])
  })

  for (const step of STEPS) {
    it(`the gate without ${step} does not compile`, () => {
      assert.notDeepEqual(errorsOf(`without-${step}`), [])
    })
  }

  for (const step of STEPS.slice(0, -1)) {
    it(`the gate that ignores a refusal of ${step} does not compile`, () => {
      assert.notDeepEqual(errorsOf(`unasked-${step}`), [])
    })
  }

  it('the gate that forwards a call which was not recorded does not compile', () => {
    assert.notDeepEqual(errorsOf('unrecorded'), [])
  })

  it('the page has the steps that are named in records, in their order, and no other', async () => {
    const source = await readFile(path.join(ROOT, 'apps/sallyport/src/gate/gate.ts'), 'utf8')
    const calls = [...source.matchAll(/^  (?:const \w+ =|return) (?:await )?(\w+)\(\w+, deps\./gm)]
    assert.deepEqual(calls.map(([, step]) => step).join(' '), STEPS.join(' '))
  })

  it('the page fits on one screen', async () => {
    const source = await readFile(path.join(ROOT, 'apps/sallyport/src/gate/gate.ts'), 'utf8')
    assert.ok(source.split('\n').length <= 62, `${source.split('\n').length} lines`)
  })
})
