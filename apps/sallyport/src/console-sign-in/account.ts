/** Somebody who may sign in to the console. */
export type Account = PasswordAccount | FederatedAccount

/** Runs the instance. There is at most one, made by a one-time link. */
export interface PasswordAccount {
  readonly kind: 'password'
  readonly id: string
  readonly email: string
  readonly passwordHash: string
}

/** Somebody whom an identity provider vouches for: what they may do is looked up by issuer and subject each time. */
export interface FederatedAccount {
  readonly kind: 'federated'
  readonly id: string
  readonly email: string
  /** As members' identities have it. */
  readonly issuer: string
  readonly subject: string
}

/** Which identity of which issuer runs the instance. */
export interface OperatorIdentity {
  readonly issuer: string
  readonly subject: string
}

export const isOperatorAccount = (account: Account, operators: readonly OperatorIdentity[]): boolean =>
  account.kind === 'password' ||
  operators.some(({ issuer, subject }) => issuer === account.issuer && subject === account.subject)
