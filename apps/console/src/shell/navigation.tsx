import { NavLink, Stack } from '@mantine/core'
import {
  IconBook2,
  IconChartAreaLine,
  IconKey,
  IconListSearch,
  IconPlugConnected,
  IconServer2,
  IconShieldCheck,
  IconStack2,
  IconUsers,
} from '@tabler/icons-react'
import { Link, useLocation, useParams } from '@tanstack/react-router'
import type { SignedIn } from '../session/session.ts'

/** In the order in which a teamspace is set up and then run. `manages`: only for who manages the teamspace. */
const PAGES = [
  { path: '', label: 'Overview', Icon: IconChartAreaLine, manages: false },
  { path: '/setup', label: 'Setup guide', Icon: IconBook2, manages: false },
  { path: '/connections', label: 'Connections', Icon: IconPlugConnected, manages: true },
  { path: '/members', label: 'Members', Icon: IconUsers, manages: true },
  { path: '/tokens', label: 'Tokens', Icon: IconKey, manages: false },
  { path: '/policies', label: 'Policies', Icon: IconShieldCheck, manages: false },
  { path: '/audit', label: 'Audit', Icon: IconListSearch, manages: true },
  { path: '/servers', label: 'Servers', Icon: IconServer2, manages: false },
] as const

export function Navigation({ signedIn }: { readonly signedIn: SignedIn }) {
  const { slug } = useParams({ strict: false })
  const { pathname } = useLocation()
  const role = signedIn.memberships.find((each) => each.slug === slug)?.role
  const manages = signedIn.isOperator || role === 'owner' || role === 'admin'
  return (
    <Stack component="nav" gap={2} aria-label="Pages">
      {slug !== undefined &&
        PAGES.filter((page) => manages || !page.manages).map(({ path, label, Icon }) => {
          const to = `/t/${slug}${path}`
          const isActive = pathname.replace(/\/$/, '') === to
          return (
            <NavLink
              key={path}
              component={Link}
              to={to}
              label={label}
              leftSection={<Icon size={18} stroke={1.7} aria-hidden />}
              activeOptions={{ exact: true }}
              active={isActive}
              {...(isActive && { 'aria-current': 'page' as const })}
            />
          )
        })}
      {slug === undefined && (
        <NavLink
          component={Link}
          to="/teamspaces"
          label="Teamspaces"
          leftSection={<IconStack2 size={18} stroke={1.7} aria-hidden />}
          activeOptions={{ exact: true }}
          active={pathname === '/teamspaces'}
        />
      )}
    </Stack>
  )
}
