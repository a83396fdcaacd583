import { bicepString } from './escape.ts'
import type { ApimInputs } from './inputs.ts'

const service = (sku: string): string => `
resource apim 'Microsoft.ApiManagement/service@2024-05-01' = {
  name: name
  location: location
  sku: {
    name: ${sku}
    capacity: 1
  }
  properties: {
    publisherEmail: publisherEmail
    publisherName: publisherName
  }
}

output gatewayUrl string = apim.properties.gatewayUrl
`

/** apim.bicep: the service alone; deploy.sh adds what is in it. */
export function bicep({ publisherEmail, publisherName }: ApimInputs): string {
  return `// Corrected: everything but the name has its value here, so that a second deployment cannot differ by a typing error.
param name string
param location string = resourceGroup().location
param publisherEmail string = ${bicepString(publisherEmail)}
param publisherName string = ${bicepString(publisherName)}

// Corrected: the v2 tiers are not offered in every cloud and region. Consumption does not carry MCP.
param skuName string = 'BasicV2'
${service('skuName')}`
}

export function faithfulBicep(): string {
  return `param name string
param location string
param publisherEmail string
param publisherName string
${service("'BasicV2'")}`
}
