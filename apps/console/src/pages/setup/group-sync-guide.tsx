import { Anchor, Skeleton, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTeamspace } from '../../session/use-teamspace.ts'
import { CopyField } from '../../ui/copy-field.tsx'
import { Facts } from '../../ui/facts.tsx'
import { ProblemAlert } from '../../ui/problem-alert.tsx'
import { Section } from '../../ui/section.tsx'
import { useFederatedCredential } from './setup-queries.ts'
import type { FederatedCredential } from './setup-queries.ts'
import classes from './setup.module.css'

/** Members from an Entra group, without a secret. */
export function GroupSyncGuide() {
  const { slug } = useTeamspace()
  const { data, error, isPending } = useFederatedCredential(slug, true)
  return (
    <Section
      Icon={IconRefresh}
      id="group-sync"
      title="Members from an Entra group"
      about="If you want it: Sallyport reads a group of your directory and keeps the members as they are there. It proves itself by a federated credential; there is no secret."
    >
      <ol className={classes['numbered']}>
        <li>Take the API app, or register one for this alone.</li>
        <li>
          API permissions, Microsoft Graph, application permissions: <span className="mono">GroupMember.Read.All</span>{' '}
          and <span className="mono">User.ReadBasic.All</span>, then <b>Grant admin consent</b>.
        </li>
        <li>
          Certificates and secrets, federated credentials, other issuer. Each value counts letter by letter:
          {isPending && <Skeleton height={84} mt="xs" />}
          <ProblemAlert error={error} mt="xs" />
          {data && <Credential {...data} />}
        </li>
        <li>
          <Anchor component={Link} to={`/t/${slug}/members`} inherit underline="always">
            Members, Group sync
          </Anchor>
          : the app’s client ID and the group’s object ID. Test it there, then sync.
        </li>
      </ol>
      <Text size="sm" c="dimmed" mt="sm">
        Entra takes a few minutes to know a new credential. Until then the test says that there is none.
      </Text>
    </Section>
  )
}

const Credential = ({ issuer, subject, audience }: FederatedCredential) => (
  <Facts
    facts={[
      { label: 'Issuer', value: <CopyField label="issuer" value={issuer} /> },
      { label: 'Subject identifier', value: <CopyField label="subject identifier" value={subject} /> },
      { label: 'Audience', value: <CopyField label="audience" value={audience} /> },
    ]}
  />
)
