export interface Rule {
  /** Files that the rule is about. */
  readonly of: RegExp
  /** What they must not import, */
  readonly never: RegExp
  /** but for this. */
  readonly except?: RegExp
  readonly why: string
}

const OURS = /^(?:packages|apps|examples)\//
const APP = 'apps/sallyport/src'
const FEATURES =
  'teamspaces|connections|kubernetes|members|tokens|policies|tools|groups|limits|audit|exchange|oauth|provisioning|console-sign-in|statistics|teamspace-health'

const inApp = (folders: string) => new RegExp(`^${APP}/(?:${folders})/`)

/** Who may know whom. Imports point one way: from what composes to what is composed. */
export const RULES: readonly Rule[] = [
  { of: /^packages\/verifier\//, never: OURS, except: /^packages\/verifier\//, why: 'the verifier knows nobody' },
  {
    of: /^packages\/entra-emulator\//,
    never: OURS,
    except: /^packages\/entra-emulator\//,
    why: 'the emulator shares nothing with the gate, so that both ends never share a bug',
  },
  {
    of: /^packages\/kubernetes-emulator\//,
    never: OURS,
    except: /^packages\/kubernetes-emulator\//,
    why: 'the emulator shares nothing with the verifier, so that both ends never share a bug',
  },
  {
    of: /^examples\//,
    never: OURS,
    except: /^(?:examples|packages\/verifier)\//,
    why: 'an example uses what its readers can use',
  },
  {
    of: /^apps\/console\//,
    never: OURS,
    except: /^apps\/console\//,
    why: 'the console speaks the admin API, as any script could',
  },
  {
    of: inApp('config|store|outcome|telemetry|http|console-pages'),
    never: inApp('gate|admin|cli|serve|demo|tour'),
    why: 'foundations know no users of theirs',
  },
  {
    of: inApp('store'),
    never: inApp(FEATURES),
    except: /\.table\.ts$|audit-id\.ts$/,
    why: 'the store knows tables only',
  },
  {
    of: inApp('tools|limits'),
    never: inApp(FEATURES),
    except: new RegExp(`^${APP}/(?:tools/|limits/|policies/spelling\\.ts$)`),
    why: 'policies, tokens and the gate speak of tools and limits; these speak of none of them',
  },
  { of: inApp(FEATURES), never: inApp('gate|cli|serve|demo|tour|admin'), why: 'features never import what uses them' },
  { of: inApp('gate'), never: inApp('admin|cli|serve|demo|tour|oauth'), why: 'the data plane stands alone' },
  { of: inApp('gate'), never: /-routes\.ts$|-repository\.ts$/, why: 'the gate asks look-ups, never routes or tables' },
  { of: inApp('admin'), never: inApp('gate|cli|serve|demo|tour'), why: 'the admin API offers features, not the gate' },
  { of: inApp('cli|tour'), never: /-repository\.ts$|\.table\.ts$/, why: 'the CLI speaks the admin API' },
  {
    of: new RegExp(`^${APP}/(?!demo/)`),
    never: /^packages\/(?:entra|kubernetes)-emulator\/|^examples\//,
    why: 'only the demo brings the emulators and the examples',
  },
]
