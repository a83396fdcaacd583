import { Anchor, Text, VisuallyHidden } from '@mantine/core'
import { IconAlertOctagon, IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { Severity, TeamspaceHealth } from './health.ts'
import { troubleWords } from './trouble-words.ts'
import classes from './teamspaces.module.css'

const LOOKS = {
  broken: { Icon: IconAlertOctagon, color: 'red', says: 'Broken' },
  warning: { Icon: IconAlertTriangle, color: 'orange', says: 'Warning' },
  note: { Icon: IconInfoCircle, color: 'blue', says: 'Note' },
} as const

/** A sign for each severity, so that colours only help. */
export function SeverityIcon({ severity }: { readonly severity: Severity }) {
  const { Icon, color, says } = LOOKS[severity]
  return (
    <>
      <Icon size={17} stroke={2} color={`var(--mantine-color-${color}-text)`} className={classes['sign']} aria-hidden />
      <VisuallyHidden>{says}: </VisuallyHidden>
    </>
  )
}

/** What is wrong in a teamspace, each with the way to it. */
export function Troubles({ teamspace }: { readonly teamspace: TeamspaceHealth }) {
  const { slug, name, troubles, connections, calls } = teamspace
  if (troubles.length === 0) {
    const says = connections.length > 0 || calls > 0 ? 'All well' : 'Nothing connected yet'
    return (
      <Text span size="sm" c="dimmed">
        {says}
      </Text>
    )
  }
  return (
    <ul className={classes['troubles']} aria-label={`Troubles of ${name}`}>
      {troubles.map((trouble) => {
        const { says, path, hash, search = {} } = troubleWords(trouble)
        return (
          <li key={says} className={classes['trouble']}>
            <SeverityIcon severity={trouble.severity} />
            <Anchor
              component={Link}
              to={`/t/${slug}${path}`}
              search={search as never}
              {...(hash !== undefined && { hash })}
              size="sm"
            >
              {says}
            </Anchor>
          </li>
        )
      })}
    </ul>
  )
}
