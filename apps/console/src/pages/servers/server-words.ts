import type { AuthMode, Server } from './servers-queries.ts'

interface ModeWords {
  readonly label: string
  /** Whom the mode takes at their word. */
  readonly trusts: string
  /** The connection without which nobody comes in this way. */
  readonly connection?: 'entra' | 'oidc' | 'kubernetes'
}

export const MODES: Readonly<Record<AuthMode, ModeWords>> = {
  EntraJwt: {
    label: 'Entra',
    trusts: 'Tokens of the Entra tenant that is connected here, for people who are members',
    connection: 'entra',
  },
  Oidc: {
    label: 'OpenID Connect',
    trusts: 'Tokens of the OpenID provider that is connected here, for people who are members',
    connection: 'oidc',
  },
  Token: { label: 'MCP token', trusts: 'MCP tokens (mcpt_…) that were minted in this teamspace' },
  Kubernetes: {
    label: 'Kubernetes',
    trusts: 'Tokens of service accounts of the cluster that is connected here',
    connection: 'kubernetes',
  },
  Gateway: {
    label: 'Gateway',
    trusts: 'The gateway in front: whoever it lets through is let in, and nobody is known by name',
  },
  None: { label: 'None', trusts: 'Nobody is asked for anything: whoever reaches the address is let in' },
}

const OUTBOUND: Readonly<Record<string, string>> = {
  'entra-obo': 'An Entra token that is minted for this server and the person who calls (On-Behalf-Of)',
  'signed-identity': 'A statement about the caller that Sallyport signs, valid for a minute',
  static: 'One secret of the operator’s, the same for every caller',
  none: 'No credential: the server trusts the network',
  passthrough: 'The caller’s own token, as it came',
}

export const outboundText = (outbound: string): string => OUTBOUND[outbound] ?? outbound

/** Whether calls belong to a teamspace at all. */
export const isOpenDoor = ({ auth }: Server): boolean => auth.includes('Gateway') || auth.includes('None')
