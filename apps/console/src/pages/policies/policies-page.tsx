import { PageHeader } from '../../ui/page-header.tsx'

export function PoliciesPage() {
  return <PageHeader title="Policies" />
}
