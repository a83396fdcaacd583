import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createAdminApp } from '../../apps/sallyport/src/admin/admin-app.ts'
import { MAX_IMPORTS } from '../../apps/sallyport/src/provisioning/csv/import-places.ts'
import { aWorld } from '../acceptance/admin-api/world.ts'
import { forEachStore } from '../support/each-store.ts'
import { startGate } from '../support/gate.ts'

const HEADER = 'email,object_id\r\n'
const rowOf = (number: number) =>
  `p${number}@acme.example,dddddddd-0000-4000-8000-${String(number).padStart(12, '0')}\r\n`

forEachStore(
  'a teamspace has so many imports at once, however slowly they come or are read; others have theirs',
  async (t, open) => {
    const { deps } = await aWorld(t, open)
    const app = createAdminApp({ ...deps, log: () => undefined }) // it says that lines were cut
    const begin = (slug: string, body: string | ReadableStream<Uint8Array>, accept = 'application/json') =>
      app.request(`/api/v1/teamspaces/${slug}/members/import?mode=dry-run`, {
        method: 'POST',
        headers: { cookie: `person=admin@${slug}.example`, 'content-type': 'text/csv', accept },
        body,
        duplex: 'half',
      } as RequestInit)

    const uploads = Array.from({ length: MAX_IMPORTS - 1 }, () => new TransformStream<Uint8Array, Uint8Array>())
    const arriving = uploads.map(({ readable }) => begin('acme', readable))
    const rows = Array.from({ length: 450 }, (_, number) => rowOf(number)).join('')
    const unread = await begin('acme', `${HEADER}${rows}`, 'application/jsonl')
    assert.equal(unread.status, 200)

    const refused = await begin('acme', HEADER)
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '5'])
    assert.equal((await begin('globex', HEADER)).status, 200)

    await unread.body!.cancel()
    assert.equal((await begin('acme', HEADER)).status, 200, 'whoever goes away gives the place back')
    for (const { writable } of uploads) await writable.getWriter().abort(new Error('cut'))
    assert.ok((await Promise.all(arriving)).every(({ status }) => status >= 400))
    const all = await Promise.all(Array.from({ length: MAX_IMPORTS }, () => begin('acme', HEADER)))
    assert.deepEqual(
      all.map(({ status }) => status),
      all.map(() => 200),
    )
  },
)

test('a client that cuts the line in the middle of an answer gives its place back', async (t) => {
  const gate = await startGate()
  t.after(() => gate.close())
  const begin = async (signal?: AbortSignal) =>
    fetch(`${gate.adminUrl}/api/v1/teamspaces/acme/members/import?mode=dry-run`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gate.sallyport.operatorToken}`,
        'content-type': 'text/csv',
        accept: 'application/jsonl',
      },
      body: HEADER + Array.from({ length: 10_000 }, (_, number) => rowOf(number)).join(''),
      ...(signal && { signal }),
    })
  for (let round = 0; round < 2 * MAX_IMPORTS; round++) {
    const gone = new AbortController()
    const answer = await begin(gone.signal)
    assert.equal(answer.status, 200, `${round}`)
    await answer.body!.getReader().read()
    gone.abort()
    await sleep(50)
  }
  const last = await begin()
  assert.equal(last.status, 200)
  await last.text()
})
