import { createInterface } from 'node:readline'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parseConfigFile } from '../../apps/sallyport/src/config/parse-config-file.ts'
import { resolveConfig } from '../../apps/sallyport/src/config/resolve-config.ts'
import { startSallyport } from '../../apps/sallyport/src/serve/start.ts'
import { TEST_SALLYPORT_KEY } from './sealing-key.ts'

// Runs the gate with the configuration in the environment, until it is killed. Prints what opens it once it is ready, and
// then for each line that it reads how many bytes of the heap are in use.

const { GATE_CONFIG = '', DATABASE_URL = '', SALLYPORT_OPERATOR_TOKEN } = process.env
const env = { DATABASE_URL, SALLYPORT_OPERATOR_TOKEN, SALLYPORT_KEY: TEST_SALLYPORT_KEY }
const config = await resolveConfig(parseConfigFile(GATE_CONFIG, 'child.yaml'), { file: 'child.yaml', env })
const { operatorToken } = await startSallyport(config, { log: () => undefined })
console.log(JSON.stringify({ operatorToken }))

createInterface({ input: process.stdin })
  .on('line', () => {
    collectGarbage()
    console.log(process.memoryUsage().heapUsed)
  })
  .on('close', () => process.exit()) // with whoever started us, however that ends

/** Not by `--expose-gc`: what a killed process compiles it cannot keep, and what others kept is for their flags alone. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  ;(runInNewContext('gc') as () => void)()
}
