import type { z } from 'zod'
import type { ConnectionKind } from './connection.ts'
import { entraSettings } from './entra-settings.ts'
import { kubernetesSettings } from './kubernetes-settings.ts'
import { oidcSettings } from './oidc-settings.ts'

/** How each kind is filled in. */
export const CONNECTION_SETTINGS = {
  entra: entraSettings,
  kubernetes: kubernetesSettings,
  oidc: oidcSettings,
} as const satisfies { readonly [Kind in ConnectionKind]: z.ZodType }

export type ConnectionSettings = z.output<(typeof CONNECTION_SETTINGS)[ConnectionKind]>
