import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { MissingPage } from './shell/missing-page.tsx'
import { FailedPage } from './shell/failed-page.tsx'
import { Frame } from './shell/frame.tsx'
import { HomePage } from './shell/home-page.tsx'
import { TeamspaceFrame } from './shell/teamspace-frame.tsx'
import { BootstrapPage } from './session/bootstrap-page.tsx'
import { SignInPage } from './session/sign-in-page.tsx'

const root = createRootRoute({ notFoundComponent: MissingPage, errorComponent: FailedPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: SignInPage,
  validateSearch: (search: Record<string, unknown>): { to?: string; refused?: string } => ({
    ...(typeof search['to'] === 'string' && { to: search['to'] }),
    ...(typeof search['refused'] === 'string' && { refused: search['refused'] }),
  }),
})
const bootstrap = createRoute({ getParentRoute: () => root, path: '/bootstrap', component: BootstrapPage })

/** Everything below is for who is signed in. */
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame, notFoundComponent: MissingPage })
const home = createRoute({ getParentRoute: () => frame, path: '/', component: HomePage })
const teamspaces = createRoute({
  getParentRoute: () => frame,
  path: '/teamspaces',
  component: lazyRouteComponent(() => import('./pages/teamspaces/teamspaces-page.tsx'), 'TeamspacesPage'),
})
const account = createRoute({
  getParentRoute: () => frame,
  path: '/account',
  component: lazyRouteComponent(() => import('./pages/account/account-page.tsx'), 'AccountPage'),
})

const teamspace = createRoute({ getParentRoute: () => frame, path: '/t/$slug', component: TeamspaceFrame })
const page = <Path extends string>(path: Path, load: Parameters<typeof lazyRouteComponent>[0], name: string) =>
  createRoute({ getParentRoute: () => teamspace, path, component: lazyRouteComponent(load, name) })

const pages = [
  page('/', () => import('./pages/overview/overview-page.tsx'), 'OverviewPage'),
  page('/connections', () => import('./pages/connections/connections-page.tsx'), 'ConnectionsPage'),
  page('/members', () => import('./pages/members/members-page.tsx'), 'MembersPage'),
  page('/tokens', () => import('./pages/tokens/tokens-page.tsx'), 'TokensPage'),
  page('/policies', () => import('./pages/policies/policies-page.tsx'), 'PoliciesPage'),
  page('/audit', () => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
  page('/servers', () => import('./pages/servers/servers-page.tsx'), 'ServersPage'),
  page('/setup', () => import('./pages/setup/setup-page.tsx'), 'SetupPage'),
]

export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    bootstrap,
    frame.addChildren([home, teamspaces, account, teamspace.addChildren(pages)]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
