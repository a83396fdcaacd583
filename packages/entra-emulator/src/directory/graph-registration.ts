import type { AppRegistration, Tenant } from '../seed.ts'

/** Microsoft Graph's well-known client id: present in each tenant. */
export const GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000'

const delegated = (value: string, id: string) => ({ id, value, isEnabled: true, type: 'User' as const })
const application = (value: string, id: string) => ({ id, value, allowedMemberTypes: ['Application' as const] })

/** The well-known ids of the permissions that this Graph understands. */
const SCOPES = [
  delegated('User.Read', 'e1fe6dd8-ba31-4d61-89e7-88639da4683d'),
  delegated('User.ReadBasic.All', 'b340eb25-3456-403f-be2f-af7a0d370277'),
  delegated('GroupMember.Read.All', 'bc024368-1153-4739-b217-4326f2e966d0'),
]
const ROLES = [
  application('GroupMember.Read.All', '98830695-27a2-44f7-8c18-0c3ebc9698f6'),
  application('User.ReadBasic.All', '97235f07-e226-4f63-ace3-39588e11d3a1'),
  application('User.Read.All', 'df021288-bdef-4463-88db-98f22de89214'),
  application('Application.Read.All', '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30'),
  application('Directory.Read.All', '7ab1d382-f21e-4acd-a863-ba3e13f7da61'),
]

export function graphRegistration(tenant: Tenant): AppRegistration {
  return {
    appId: GRAPH_APP_ID,
    objectId: GRAPH_APP_ID,
    displayName: 'Microsoft Graph',
    identifierUris: ['https://graph.microsoft.com'],
    requestedAccessTokenVersion: 1,
    scopes: SCOPES,
    preAuthorizedApplications: [],
    appRoles: ROLES,
    roleAssignments: tenant.graph.roleAssignments,
    redirectUris: { web: [], spa: [], publicClient: [] },
    secrets: [],
    certificates: [],
    federatedCredentials: [],
    requiredResourceAccess: [],
    consents: tenant.graph.consents,
    optionalClaims: { accessToken: [{ name: 'idtyp', additionalProperties: ['include_user_token'] }], idToken: [] },
    groupMembershipClaims: 'None',
    assignmentRequired: false,
    assignments: [],
    customSigningKeys: false,
  }
}
