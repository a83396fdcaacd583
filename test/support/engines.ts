import { StatementSync } from 'node:sqlite'
import type { SQLInputValue } from 'node:sqlite'
import pg from 'pg'

/** Texts of the statements that reach the database from now on, whichever engine it is; `stop` when done. */
export function watchStatements(): { readonly texts: string[]; stop(): void } {
  const texts: string[] = []
  const { all } = StatementSync.prototype
  const { query } = pg.Client.prototype
  StatementSync.prototype.all = function (this: StatementSync, ...parameters: SQLInputValue[]) {
    texts.push(this.sourceSQL)
    return all.apply(this, parameters as never)
  } as typeof all
  pg.Client.prototype.query = function (this: pg.Client, ...parameters: never[]) {
    const [statement] = parameters as unknown as [string | { text: string }]
    texts.push(typeof statement === 'string' ? statement : statement.text)
    return (query as (...parameters: never[]) => unknown).apply(this, parameters)
  } as typeof query
  return {
    texts,
    stop() {
      StatementSync.prototype.all = all
      pg.Client.prototype.query = query
    },
  }
}
