import type { FederatedDeps } from '../../console-sign-in/begin-federated.ts'
import type { Realms } from '../../console-sign-in/realms.ts'
import type { RefusedSignIns } from '../../console-sign-in/refused-sign-ins.ts'
import type { SignInDeps } from '../../console-sign-in/sign-in-deps.ts'
import type { SignInLimits } from '../../console-sign-in/sign-in-limits.ts'
import type { ServePages } from '../../console-pages/serve-pages.ts'
import type { ClientAddressOf } from '../../http/client-address.ts'

/** Sign-in to the console. */
export interface ConsoleDeps extends SignInDeps {
  /** Its origin, as browsers write it. */
  readonly url: string
  readonly realms: Realms
  readonly federated: FederatedDeps
  readonly limits: SignInLimits
  readonly refused: RefusedSignIns
  readonly pages: ServePages
  readonly addressOf: ClientAddressOf
  readonly log: (message: string, fields?: object) => void
}
