import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { memberSearchQuery } from './policy-queries.ts'
import type { NamedMember } from './policy-queries.ts'

interface MemberFieldProps {
  readonly value: NamedMember | undefined
  readonly onChange: (member: NamedMember | undefined) => void
  readonly error: ReactNode
}

/** One member, found by e-mail. */
export function MemberField({ value, onChange, error }: MemberFieldProps) {
  const { slug } = useTeamspace()
  const [search, setSearch] = useState('')
  const [settled] = useDebouncedValue(search === value?.email ? '' : search, 250)
  const { data: found = [] } = useQuery(memberSearchQuery(slug, settled))
  const offered = value && !found.some(({ id }) => id === value.id) ? [value, ...found] : found
  return (
    <Select
      label="Member"
      description="Type to search by e-mail"
      data={offered.map(({ id, email }) => ({ value: id, label: email }))}
      value={value?.id ?? null}
      onChange={(id) => onChange(offered.find((member) => member.id === id))}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      nothingFoundMessage="Nobody has this e-mail"
      error={error}
    />
  )
}
