import { AsyncLocalStorage } from 'node:async_hooks'
import type { KyselyPlugin } from 'kysely'

interface Scope {
  open: boolean
}

/**
 * Keeps a transaction and the database apart. With one connection (SQLite) a query on the database would wait forever
 * for the transaction that waits for it; with a pool (Postgres) it would silently not be part of the transaction.
 */
export class TransactionGuard {
  readonly #scopes = new AsyncLocalStorage<Scope>()

  /** Called before a connection is taken. */
  assertOutside(): void {
    if (this.#scopes.getStore()?.open) {
      throw new Error('store.db was used inside store.transaction(): use the db of the transaction (tx.db).')
    }
  }

  run<T>(work: (onlyWhileOpen: KyselyPlugin) => Promise<T>): Promise<T> {
    const scope: Scope = { open: true }
    return this.#scopes.run(scope, async () => {
      try {
        return await work(onlyWhile(scope))
      } finally {
        scope.open = false
      }
    })
  }
}

/** A query that nobody awaited must not slip into the next transaction on the same connection. */
function onlyWhile(scope: Scope): KyselyPlugin {
  return {
    transformQuery({ node }) {
      if (!scope.open) throw new Error('tx.db was used after its transaction had ended: await every query.')
      return node
    },
    transformResult: async ({ result }) => result,
  }
}
