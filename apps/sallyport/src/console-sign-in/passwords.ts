import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { parseRecord, toRecordText } from './password-record.ts'
import type { PasswordCost, PasswordRecord } from './password-record.ts'

export interface Passwords {
  hash(password: string): Promise<string>
  /** `stored` undefined: nobody's. Takes as long as for somebody's, and is never right. */
  verify(password: string, stored: string | undefined): Promise<Verified>
}

export interface Verified {
  readonly isRight: boolean
  /** It was hashed at another cost than today's. */
  readonly isOutdated: boolean
}

/** More passwords wait to be checked than can be in a bearable time. */
export class PasswordsBusy extends Error {
  override readonly name = 'PasswordsBusy'
}

/** OWASP's first choice for Argon2id: 19 MiB, two passes. */
const COST: PasswordCost = { memoryKib: 19 * 1024, passes: 2, parallelism: 1 }
const SALT_BYTES = 16
const TAG_BYTES = 32
/** Each holds one of Node's four threads for files and look-ups, and 19 MiB. */
const AT_ONCE = 2
const MAX_WAITING = 32

export function createPasswords(cost: PasswordCost = COST): Passwords {
  const inTurn = createTurns()
  const derive = (password: string, record: Omit<PasswordRecord, 'tag'>) => inTurn(() => deriveTag(password, record))
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES)
      return toRecordText({ ...cost, salt, tag: await derive(password, { ...cost, salt }) })
    },
    async verify(password, stored) {
      const record = stored === undefined ? nobodys(cost) : parseRecord(stored)
      const isRight = timingSafeEqual(await derive(password, record), record.tag)
      return { isRight: isRight && stored !== undefined, isOutdated: !isSameCost(record, cost) }
    },
  }
}

const nobodys = (cost: PasswordCost): PasswordRecord => ({
  ...cost,
  salt: randomBytes(SALT_BYTES),
  tag: randomBytes(TAG_BYTES),
})

const isSameCost = (one: PasswordCost, other: PasswordCost): boolean =>
  one.memoryKib === other.memoryKib && one.passes === other.passes && one.parallelism === other.parallelism

/** In another thread, never on the event loop. The same password typed on two keyboards is one (RFC 8265 §4.1, NFKC). */
function deriveTag(password: string, { memoryKib, passes, parallelism, salt }: Omit<PasswordRecord, 'tag'>) {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  argon2(
    'argon2id',
    {
      message: password.normalize('NFKC'),
      nonce: salt,
      parallelism,
      tagLength: TAG_BYTES,
      memory: memoryKib,
      passes,
    },
    (error, tag) => (error ? reject(error) : resolve(tag)),
  )
  return promise
}

/** Few at once, the others in the order in which they came. */
function createTurns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const waiting: (() => void)[] = []
  let open = 0
  return async (work) => {
    if (open < AT_ONCE) open += 1
    else if (waiting.length >= MAX_WAITING) throw new PasswordsBusy('too many passwords are being checked')
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else open -= 1
    }
  }
}
