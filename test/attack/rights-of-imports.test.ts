import assert from 'node:assert/strict'
import { createAdminApp } from '../../apps/sallyport/src/admin/admin-app.ts'
import { aWorld } from '../acceptance/admin-api/world.ts'
import type { World } from '../acceptance/admin-api/world.ts'
import { forEachStore } from '../support/each-store.ts'

const MEMBERS = '/teamspaces/acme/members'
const OWNER = 'owner@acme.example'
const idOf = (number: number) => `dddddddd-0000-4000-8000-${String(number).padStart(12, '0')}`
const HEADER = 'email,object_id,role\r\n'
const rowOf = (number: number, role = 'developer') => `p${number}@acme.example,${idOf(number)},${role}\r\n`

/** An import by an owner; `meanwhile` happens when the header has come, and before the rows do. */
function importSlowly({ deps }: World, rows: string, { meanwhile, accept }: Slow) {
  const parts = [HEADER, rows]
  const body = new ReadableStream({
    async pull(controller) {
      if (parts.length === 1) await meanwhile?.()
      const part = parts.shift()
      if (part === undefined) controller.close()
      else controller.enqueue(new TextEncoder().encode(part))
    },
  })
  return createAdminApp(deps).request(`/api/v1${MEMBERS}/import?mode=each-row&allowRoles=true`, {
    method: 'POST',
    headers: { cookie: `person=${OWNER}`, 'content-type': 'text/csv', ...(accept && { accept }) },
    body,
    duplex: 'half',
  } as RequestInit)
}

interface Slow {
  readonly meanwhile?: () => Promise<unknown>
  readonly accept?: string
}

async function ownerOf({ must }: World): Promise<{ id: string }> {
  const { members } = await must('GET', `${MEMBERS}?query=${OWNER}`)
  return members[0]
}

forEachStore('an owner who is made less while the file is on its way makes nobody an owner by it', async (t, open) => {
  const world = await aWorld(t, open)
  const { must } = world
  const { id } = await ownerOf(world)
  const demote = () => must('PATCH', `${MEMBERS}/${id}`, { role: 'admin' })
  const answer = await importSlowly(world, `${rowOf(1, 'owner')}${rowOf(2, 'admin')}`, { meanwhile: demote })
  const { results } = (await answer.json()) as { results: { outcome: string }[] }
  assert.deepEqual(
    results.map(({ outcome }) => outcome),
    ['forbidden', 'added'],
  )
})

forEachStore(
  'whoever is removed in the middle of an import adds nobody more, and what they added is on record',
  async (t, open) => {
    const world = await aWorld(t, open)
    const { must } = world
    const { id } = await ownerOf(world)
    const rows = Array.from({ length: 450 }, (_, number) => rowOf(number)).join('')
    const answer = await importSlowly(world, rows, { accept: 'application/jsonl' })
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    let text = ''
    while (!text.includes('"done":200')) text += (await reader.read()).value ?? assert.fail(text)
    await must('DELETE', `${MEMBERS}/${id}`)
    for (let part = await reader.read(); !part.done; part = await reader.read()) text += part.value
    assert.match(text, /\{"problem":\{"detail":"There is no such teamspace"\}\}\n$/)
    const { members } = await must('GET', `${MEMBERS}?query=p`)
    const added = members.filter(({ sources }: { sources: string[] }) => sources.includes('csv')).length
    assert.ok(added >= 200 && added < 450, `${added}`)
    const { events } = await must('GET', '/teamspaces/acme/audit?text=member.import')
    assert.deepEqual(
      events.map(({ action, after }: any) => [action, after.complete, after.added]),
      [['member.import', false, added]],
    )
  },
)
