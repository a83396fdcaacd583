import { toApimInputs } from './inputs.ts'
import type { ApimInputs, RawApimInputs } from './inputs.ts'

export const RAW = {
  tenant: '11111111-1111-4111-8111-111111111111',
  gatewayClientId: '22222222-2222-4222-8222-222222222222',
  apiClientId: '33333333-3333-4333-8333-333333333333',
  host: 'acme.azure-api.net',
  backend: 'https://mcp.context7.com',
  publisherEmail: 'ops@acme.example',
  publisherName: 'Acme',
} satisfies RawApimInputs

export function inputsOf(changes: RawApimInputs = {}): ApimInputs {
  const inputs = toApimInputs({ ...RAW, ...changes })
  if ('problems' in inputs) throw new Error(JSON.stringify(inputs.problems))
  return inputs
}
