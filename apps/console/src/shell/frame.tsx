import { AppShell, Burger, Center, Group, Loader, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure, useHotkeys } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { sessionQuery } from '../session/session.ts'
import { ProblemAlert } from '../ui/problem-alert.tsx'
import classes from './frame.module.css'
import { AccountMenu } from './account-menu.tsx'
import { Logo } from './logo.tsx'
import { ToTheDoor } from './to-the-door.tsx'
import { Navigation } from './navigation.tsx'
import { TeamspaceSwitch } from './teamspace-switch.tsx'
import { useFocusOfPage } from './use-focus-of-page.ts'

/** What is around every page of who is signed in; everybody else goes to the sign-in first. */
export function Frame() {
  const { data, error, isPending } = useQuery(sessionQuery)
  const { pathname } = useLocation()
  const [isOpen, { toggle, close }] = useDisclosure(false)
  useEffect(close, [pathname, close])
  useFocusOfPage(pathname)
  useHotkeys([['Escape', close]])

  if (isPending) {
    return (
      <Center mih="60vh">
        <Loader aria-label="Loading" />
      </Center>
    )
  }
  if (!data) return <ProblemAlert error={error} m="xl" />
  if (!data.signedIn) return <ToTheDoor ways={data.ways} />
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a href="#page" className="skip-link">
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label="Navigation"
              aria-expanded={isOpen}
              aria-controls="navigation"
            />
            <UnstyledButton component={Link} to="/" aria-label="Sallyport, to the start">
              <Group gap={8} wrap="nowrap">
                <Logo />
                <Text fw={700} visibleFrom="xs">
                  Sallyport
                </Text>
              </Group>
            </UnstyledButton>
            <TeamspaceSwitch signedIn={data.signedIn} />
          </Group>
          <AccountMenu signedIn={data.signedIn} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm" id="navigation" {...(!isOpen && { className: classes['closed']! })}>
        <Navigation signedIn={data.signedIn} />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
    </AppShell>
  )
}
