import type { AdminClient } from '../cli/admin-client.ts'
import { OIDC_MEMBERS, OIDC_SCOPE, OIDC_TEAMSPACE } from './demo-people.ts'
import { findConnection } from './seed-teamspaces.ts'

interface MemberView {
  readonly id: string
  readonly email: string
  readonly role: string
  readonly issuer: string
  readonly subject: string
}

const { slug, name } = OIDC_TEAMSPACE

/** The teamspace of the OpenID provider, whose address changes with `--port-base`: its people move along. */
export async function seedOidc(client: AdminClient, { issuer, audience }: Record<'issuer' | 'audience', string>) {
  const { teamspaces } = await client.send<{ teamspaces: { slug: string }[] }>('GET', '/teamspaces')
  const isNew = !teamspaces.some((teamspace) => teamspace.slug === slug)
  if (isNew) await client.send('POST', '/teamspaces', { slug, name })
  const before = await findConnection(client, slug, 'oidc')
  if (before?.issuer === issuer && before.audience === audience) return

  const path = `/teamspaces/${slug}/connections/oidc?confirmOrphans=true`
  await client.send('PUT', path, { kind: 'oidc', issuer, audience, requiredScope: OIDC_SCOPE })
  if (isNew) await addMembers(client)
  else if (before && before.issuer !== issuer) await moveMembers(client, before.issuer!)
}

async function addMembers(client: AdminClient): Promise<void> {
  for (const [index, { email, sub }] of OIDC_MEMBERS.entries()) {
    await addMember(client, { email, subject: sub, role: index === 0 ? 'owner' : 'developer' })
  }
}

async function moveMembers(client: AdminClient, from: string): Promise<void> {
  const { members } = await client.send<{ members: MemberView[] }>('GET', `/teamspaces/${slug}/members`)
  for (const { id, email, subject, role } of members.filter(({ issuer }) => issuer === from)) {
    await client.send('DELETE', `/teamspaces/${slug}/members/${id}`)
    await addMember(client, { email, subject, role })
  }
}

const addMember = (client: AdminClient, member: Record<'email' | 'subject' | 'role', string>) =>
  client.send('POST', `/teamspaces/${slug}/members`, member)
