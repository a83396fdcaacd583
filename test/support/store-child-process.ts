import { writeSync } from 'node:fs'
import { sql } from 'kysely'
import { openStore, type Store } from '../../apps/sallyport/src/store/store.ts'
import { TEST_SEALING_KEY } from './sealing-key.ts'

// hold URL: prints `open` and keeps the store, or the name and message of the error.
// write URL ROUND: prints the number of each transaction that was committed, until it is killed.

const [task = '', url = '', round = ''] = process.argv.slice(2)
try {
  const store = await openStore({ url, sealingKey: TEST_SEALING_KEY })
  say('open')
  if (task === 'write') await write(store)
  process.stdin.resume() // until whoever started us has ended, however that came about
} catch (error) {
  say(`${(error as Error).name} ${(error as Error).message}`)
}

async function write(store: Store): Promise<never> {
  for (let n = 0; ; n++) {
    const id = `${round}.${n}`
    await store.transaction(async (tx) => {
      await sql`insert into debit (id) values (${id})`.execute(tx.db)
      await sql`insert into credit (id) values (${id})`.execute(tx.db)
      tx.changed({ kind: 'member', teamspaceId: id })
    })
    say(id) // at once: a buffered line would be lost with us
  }
}

function say(line: string): void {
  writeSync(1, `${line}\n`)
}
