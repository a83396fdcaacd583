import { useNavigate, useSearch } from '@tanstack/react-router'
import { RANGES } from '../overview/overview-query.ts'
import type { HealthSearch } from './health.ts'

/** In the address: whoever comes back, or is sent it, sees the same. */
export function useHealthSearch() {
  const found = useSearch({ strict: false }) as Readonly<Record<string, unknown>>
  const navigate = useNavigate()
  const search: HealthSearch = {
    range: RANGES.find((each) => each === found['range']) ?? '24h',
    search: typeof found['search'] === 'string' ? found['search'].slice(0, 200) : undefined,
    troubled: found['troubled'] === true,
  }
  const change = (next: Partial<HealthSearch>) => {
    const { range, search: text, troubled } = { ...search, ...next }
    const shown = { ...(range !== '24h' && { range }), ...(text && { search: text }), ...(troubled && { troubled }) }
    void navigate({ to: '.', search: shown as never, replace: true, resetScroll: false })
  }
  return { search, change }
}
