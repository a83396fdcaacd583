#!/usr/bin/env node
// Plain JavaScript on purpose: it has to be understood by whatever Node the machine has.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const MAJOR_NEEDED = 24
const main = new URL('../src/main.ts', import.meta.url)

if (Number(process.versions.node.split('.')[0]) >= MAJOR_NEEDED) await import(main.href)
else runUnder(findNode())

/** The `node` package beside us, which a checkout brings. */
function findNode() {
  try {
    return createRequire(import.meta.url).resolve('node/bin/node')
  } catch {
    console.error(`sallyport: needs Node ${MAJOR_NEEDED} or later; this is ${process.version}`)
    process.exit(1)
  }
}

function runUnder(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)))
}
