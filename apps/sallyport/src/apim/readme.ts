import type { ApimInputs } from './inputs.ts'
import { OPERATION_PATH, SENTINEL_HEADER, namesOf } from './names.ts'

export function readme(inputs: ApimInputs): string {
  const { endpointResource, apiId } = namesOf(inputs)
  return `# The gateway ${inputs.host}

Azure API Management in front of \`${inputs.backend.origin}\`, for people of one Microsoft Entra tenant. MCP clients use
\`${endpointResource}\` and ask for the client id \`${inputs.gatewayClientId}\` where they cannot register.

\`\`\`sh
az login --tenant ${inputs.tenant}
GATEWAY_SECRET_FILE=gateway.secret ./deploy.sh     # again after every change; RG, LOCATION, APIM and SKU can be set
./deploy.sh verify                                 # asks as a client without a token does
\`\`\`

| file | what it is |
|---|---|
| \`apim.bicep\` | the service |
| \`policy.xml\` | API \`${apiId}\`, \`POST ${OPERATION_PATH}\`: checks the token, exchanges it On-Behalf-Of, calls \`${inputs.backend.path}\` |
| \`prm-policy.xml\`, \`as-metadata-policy.xml\` | where clients find the sign-in |
| \`authorize-policy.xml\`, \`token-policy.xml\` | the sign-in: a redirect to Entra, and its token endpoint |
| \`deploy.sh\` | creates or updates all of it |

Each comment that begins with *Corrected* says what is otherwise than in the guide that these files come from.

- Keep \`gateway-sentinel.secret\` out of version control. A server in Gateway mode is given the same value and refuses
  calls without it in \`${SENTINEL_HEADER}\`; others can ignore it.
- At service level set the logged bytes of *Frontend Response* payloads to 0, or streams are held back.
- API Management cannot share one exchange among calls that arrive together, and does not remember a failed one. Its
  built-in cache is of one region and may be emptied at any time.
- In a national cloud, read the page of \`validate-azure-ad-token\` for that cloud before people rely on it.
`
}

export function faithfulReadme(inputs: ApimInputs): string {
  const { endpointResource } = namesOf(inputs)
  return `# The gateway ${inputs.host}, as in the source guide

For comparison. Clients use \`${endpointResource}\`. Deploy with \`GATEWAY_SECRET=… ./deploy.sh\`; each run without
\`APIM\` creates another service.

Known and kept, because the guide has it so:

- \`scp\` is compared as a whole: a token with two scopes is refused.
- The answer of the token endpoint is not looked at: a refusal is cached and sent on as an empty token.
- Exchanged tokens are kept 3000 seconds under the person's object id alone; callers without one share an entry.
- A 401 of the server behind keeps that server's own challenge.
- \`resource\` reaches Entra, which refuses it; \`/token\` has no policy and forwards every grant.
- The client secret is an argument of a command.

Without \`--faithful\` the same command writes the corrected files.
`
}
