export { startEmulator } from './start-emulator.ts'
export type { Emulator, EmulatorOptions } from './emulator.ts'
export { signInSilently } from './silent-sign-in.ts'
export { loadSeed, parseSeed } from './load-seed.ts'
export { seedSchema, type LoadedSeed, type Seed } from './seed.ts'
export { createCertificate, type Certificate } from './keys/certificate.ts'
export { PERSONAL_ACCOUNTS_TENANT_ID } from './keys/key-ring.ts'
export { AADSTS, type AadstsCode } from './aadsts.ts'
export type { Fault } from './control/faults.ts'
export type { RecordedRequest } from './control/request-log.ts'

/** The seed of the demonstration: tenants Acme and Globex. */
export const demoSeedUrl = new URL('../seeds/demo.json', import.meta.url)
