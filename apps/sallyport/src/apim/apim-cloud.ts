import { ENTRA_CLOUDS } from '@sallyport/verifier'

export type ApimCloudName = keyof typeof ENTRA_CLOUDS

export interface ApimCloud {
  /** As `az cloud show` names it. */
  readonly azName: string
  readonly authority: string
  readonly resourceManager: string
  /** Suffix of the host names that API Management hands out. */
  readonly gatewaySuffix: string
}

export const APIM_CLOUDS: Readonly<Record<ApimCloudName, ApimCloud>> = {
  global: {
    azName: 'AzureCloud',
    authority: ENTRA_CLOUDS.global.authority,
    resourceManager: 'https://management.azure.com',
    gatewaySuffix: '.azure-api.net',
  },
  usgov: {
    azName: 'AzureUSGovernment',
    authority: ENTRA_CLOUDS.usgov.authority,
    resourceManager: 'https://management.usgovcloudapi.net',
    gatewaySuffix: '.azure-api.us',
  },
  china: {
    azName: 'AzureChinaCloud',
    authority: ENTRA_CLOUDS.china.authority,
    resourceManager: 'https://management.chinacloudapi.cn',
    gatewaySuffix: '.azure-api.cn',
  },
}
