/** The configuration cannot be used with what is in the database. The message is for operators. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
}
