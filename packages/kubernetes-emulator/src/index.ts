export type { Failure } from './answer.ts'
export type { Account, OpaqueUser, TokenOptions } from './service-accounts.ts'
export { startKubernetesEmulator } from './start-kubernetes-emulator.ts'
export type { KubernetesEmulator, KubernetesEmulatorOptions, ReceivedReview } from './start-kubernetes-emulator.ts'
