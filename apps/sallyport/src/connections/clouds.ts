/** One Entra cloud: where people sign in and keys are published, and its Microsoft Graph. */
export interface EntraCloud {
  readonly authority: string
  readonly graph?: string | undefined
}

export type EntraClouds = Readonly<Record<string, EntraCloud>>

const MICROSOFT_CLOUDS: EntraClouds = {
  global: { authority: 'https://login.microsoftonline.com', graph: 'https://graph.microsoft.com' },
  usgov: { authority: 'https://login.microsoftonline.us', graph: 'https://graph.microsoft.us' },
  china: { authority: 'https://login.partner.microsoftonline.cn', graph: 'https://microsoftgraph.chinacloudapi.cn' },
}

/** Microsoft's clouds and the operator's own (an emulator, say); the operator's win. */
export const withMicrosoftClouds = (own: EntraClouds): EntraClouds => ({ ...MICROSOFT_CLOUDS, ...own })

/** Looked up as an own property: the name comes from outside, and `constructor` is no cloud. */
export const findCloud = (clouds: EntraClouds, name: string): EntraCloud | undefined =>
  Object.hasOwn(clouds, name) ? clouds[name] : undefined

/** The issuer under which identities are kept. The cloud's address may change, the directory does not. */
export const entraIssuerKey = (cloud: string, tenantId: string): string => `entra:${cloud}:${tenantId}`
