/** One customer or team: our tenant. */
export interface Teamspace {
  readonly id: string
  readonly slug: string
  readonly name: string
  readonly createdAt: number
}
