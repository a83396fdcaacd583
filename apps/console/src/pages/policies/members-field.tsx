import { MultiSelect } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQueries, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { memberQuery, memberSearchQuery } from './policy-queries.ts'

interface MembersFieldProps {
  readonly value: readonly string[]
  readonly onChange: (ids: string[]) => void
  readonly error: ReactNode
}

/** Members by id, found by e-mail. */
export function MembersField({ value, onChange, error }: MembersFieldProps) {
  const { slug } = useTeamspace()
  const [search, setSearch] = useState('')
  const [settled] = useDebouncedValue(search, 250)
  const { data: found = [] } = useQuery(memberSearchQuery(slug, settled))
  const chosen = useQueries({
    queries: value.map((id) => memberQuery(slug, id)),
    combine: (results) => results.flatMap(({ data }) => (data ? [data] : [])),
  })
  const emails = new Map([...found, ...chosen].map(({ id, email }) => [id, email]))
  return (
    <MultiSelect
      label="Members"
      description="Type to search by e-mail"
      data={[...new Set([...found.map(({ id }) => id), ...value])].map((id) => ({
        value: id,
        label: emails.get(id) ?? `${id.slice(0, 8)}… (gone)`,
      }))}
      value={[...value]}
      onChange={onChange}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      error={error}
      clearable
      clearButtonProps={{ 'aria-label': 'Clear members' }}
      nothingFoundMessage="Nobody has this e-mail"
    />
  )
}
