import { RecordCell, RecordRow, RecordTable } from '../../../ui/record-table.tsx'
import { Person } from '../people/person.tsx'
import type { HeldPerson } from './group-sync-queries.ts'

export const HeldTable = ({ people }: { readonly people: readonly HeldPerson[] }) => (
  <RecordTable label="People who left the group" columns={['Person', 'Role', 'What becomes of them']}>
    {people.map((person) => (
      <RecordRow key={person.memberId}>
        <RecordCell>
          <Person person={person} />
        </RecordCell>
        <RecordCell label="Role">{person.role}</RecordCell>
        <RecordCell label="What becomes of them">
          {person.losesAccess ? 'loses access' : 'stays, by another source'}
        </RecordCell>
      </RecordRow>
    ))}
  </RecordTable>
)
