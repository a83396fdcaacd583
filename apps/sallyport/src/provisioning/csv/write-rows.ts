import { addSource } from '../../members/add-source.ts'
import { insertMembers } from '../../members/insert-member.ts'
import type { Newcomer } from '../../members/insert-member.ts'
import { nameMembers } from '../../members/name-members.ts'
import { removedIdentityRepository } from '../../members/removed-identity-repository.ts'
import type { TeamspaceEdit } from '../../teamspaces/edit-teamspace.ts'
import type { JudgedRow } from './judge-rows.ts'

/** Writes what a few hundred rows ask for, with the audit rows of the changes. */
export async function writeRows(edit: TeamspaceEdit, rows: readonly JudgedRow[]): Promise<void> {
  const newcomers = rows.flatMap(({ newcomer }) => newcomer ?? [])
  await takeRemovalsBack(edit, newcomers)
  await insertMembers(edit, newcomers)
  const known = rows.flatMap((row) => row.known ?? [])
  const names = rows.flatMap((row) => (row.known ? [row.displayName] : []))
  const members = await addSource(edit, known, 'csv')
  await nameMembers(
    edit,
    members.flatMap((member, index) => {
      const displayName = names[index]
      return displayName === undefined ? [] : [{ member, displayName }]
    }),
  )
}

/** Whoever adds somebody that was removed takes the removal back. */
async function takeRemovalsBack({ tx, teamspace }: TeamspaceEdit, newcomers: readonly Newcomer[]): Promise<void> {
  const removed = removedIdentityRepository(tx.db, teamspace.id)
  for (const [issuer, ofIssuer] of Map.groupBy(newcomers, (newcomer) => newcomer.issuer)) {
    await removed.delete(
      issuer,
      ofIssuer.map(({ subject }) => subject),
    )
  }
}
