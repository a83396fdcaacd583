import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openBrowser } from '../support/browser.ts'
import { personId, startSyncedGate } from '../acceptance/group-sync/synced-gate.ts'
import { openLink } from './support/demo-console.ts'
import { lookAtAll, open } from './support/look.ts'

test('S2E-08 whoever confirms a held removal sees whom it is about, and a list that changed is shown again', async (t) => {
  const { gate, group, makePeople, set, run, people, subjects } = await startSyncedGate(t)
  group.members = makePeople(1, 60)
  await set()
  await run()
  await gate.admin.addMember('acme', { email: 'person2@acme.example', oid: personId(2) })
  group.members = [personId(60)]
  await run()
  const browser = await openBrowser()
  t.after(() => browser.close())
  const page = await (await browser.newContext()).newPage()
  await openLink(page, gate.sallyport.bootstrapLink!)
  await open(page, `${gate.adminUrl}/t/acme/members`)
  await page
    .getByRole('textbox', { name: 'Search by name or e-mail' })
    .or(page.getByRole('searchbox'))
    .fill('pErson 17')
  await page.getByRole('status').getByText('1 found').waitFor()
  await page.getByRole('row', { name: /Person 17\s*person17@acme\.example/ }).waitFor()

  await open(page, `${gate.adminUrl}/t/acme/members#group-sync`)
  await page.getByText('59 people left the group').waitFor()
  await page.getByRole('button', { name: 'See whom, and confirm' }).click()
  const dialog = page.getByRole('dialog', { name: 'Let these people go?' })
  await dialog.getByText('58 people would lose access; 1 left the group, but stays by another source.').waitFor()
  await dialog.getByRole('row', { name: /Person 2\s*person2@acme\.example.*stays, by another source/ }).waitFor()
  await lookAtAll(page, 'a held run')
  await dialog.getByRole('button', { name: 'Load more' }).click()
  await dialog.getByRole('row', { name: /person9@/ }).waitFor()
  assert.equal(await dialog.getByRole('row').count(), 60)

  const person1 = (await people()).find(({ subject }) => subject === personId(1))!
  await gate.admin.must('PATCH', `/teamspaces/acme/members/${person1.id}`, { role: 'owner' })
  await dialog.getByLabel('Type acme to confirm').fill('acme')
  await dialog.getByRole('button', { name: 'Confirm the removal' }).click()
  await dialog
    .getByRole('alert')
    .getByText(/Nobody was taken out/)
    .waitFor()
  await dialog.getByRole('row', { name: /person1@acme\.example.*owner/ }).waitFor()
  assert.ok((await subjects()).has(personId(1)))

  await dialog.getByLabel('Type acme to confirm').fill('acme')
  await dialog.getByRole('button', { name: 'Confirm the removal' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByText('58 lost access').waitFor()
  assert.deepEqual(browser.complaints, [])
  assert.deepEqual(
    browser.failures.filter((failure) => !/^409 POST .*\/confirm$/.test(failure)),
    [],
  )
  assert.ok((await subjects()).has(personId(2)))
})
