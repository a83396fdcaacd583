import { PageHeader } from '../../ui/page-header.tsx'

export function ServersPage() {
  return <PageHeader title="Servers" />
}
