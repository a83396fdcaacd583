import { useTeamspace } from '../../session/use-teamspace.ts'
import { useServerAddresses } from '../servers/servers-queries.ts'
import { ConnectionForm } from './connection-form.tsx'
import type { Connection, ConnectionKind } from './connection.ts'
import type { Saved } from './connections-queries.ts'
import { EntraFields } from './entra-fields.tsx'
import { entraShape } from './entra-values.ts'
import { KubernetesFields } from './kubernetes-fields.tsx'
import { kubernetesShape } from './kubernetes-values.ts'
import { OidcFields } from './oidc-fields.tsx'
import { oidcShape } from './oidc-values.ts'

interface KindFormProps {
  readonly kind: ConnectionKind
  readonly connection: Connection | undefined
  readonly etag: string | undefined
  readonly onSaved: (saved: Saved) => void
  readonly onCancel: () => void
  readonly onReload: () => void
}

export function KindForm({ kind, connection, ...rest }: KindFormProps) {
  const { slug } = useTeamspace()
  const audienceExample = useServerAddresses(slug)[0]?.url
  switch (kind) {
    case 'entra': {
      const kept = connection?.kind === 'entra' ? connection : undefined
      return (
        <ConnectionForm
          kind="entra"
          shape={entraShape}
          connection={kept}
          fields={(form) => (
            <EntraFields form={form} cloud={kept?.cloud} hasCredential={kept?.onBehalfOf !== undefined} />
          )}
          {...rest}
        />
      )
    }
    case 'oidc':
      return (
        <ConnectionForm
          kind="oidc"
          shape={oidcShape}
          connection={connection?.kind === 'oidc' ? connection : undefined}
          fields={(form) => <OidcFields form={form} audienceExample={audienceExample} />}
          {...rest}
        />
      )
    case 'kubernetes':
      return (
        <ConnectionForm
          kind="kubernetes"
          shape={kubernetesShape}
          connection={connection?.kind === 'kubernetes' ? connection : undefined}
          fields={(form) => <KubernetesFields form={form} audienceExample={audienceExample} />}
          {...rest}
        />
      )
  }
}
