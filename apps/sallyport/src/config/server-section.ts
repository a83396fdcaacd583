import { z } from 'zod'
import { ROLES } from '../members/member.ts'
import { TOOL_CLASSES } from '../tools/tool-class.ts'
import { forwardedHeader, staticHeader } from './header-types.ts'
import { toolRates } from './limits-section.ts'
import { authModes, httpUrl, scope } from './setting-types.ts'

const RESERVED_PATH = /^\/(?:t|\.well-known|authorize|token|register|healthz|readyz)(?:\/|$)/

const path = z
  .string()
  .regex(/^(?:\/[A-Za-z0-9._~-]+)+$/, {
    error: 'must be an absolute path without a slash at its end, such as /findings/mcp',
  })
  .refine((text) => !RESERVED_PATH.test(text) && !/\/\.\.?(?:\/|$)/.test(text), {
    error: 'is a path that Sallyport keeps',
  })

const upstream = httpUrl.refine(
  (text) => {
    if (!URL.canParse(text)) return true // said already
    const { username, password, hash } = new URL(text)
    return username + password + hash === ''
  },
  { error: 'must have no user information, which belongs into outbound, and no fragment' },
)

const outbound = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('entra-obo').describe('A token minted for the server and the person, by On-Behalf-Of.'),
  }),
  z
    .strictObject({
      kind: z.literal('static').describe("A secret of the operator's, the same for every caller."),
      header: staticHeader.default('authorization'),
      value: z.string().min(1).max(8192).optional().describe('The whole header value. Prefer valueFile.'),
      valueFile: z.string().min(1).optional().describe('A file that holds the header value; read at start.'),
    })
    .refine(({ value, valueFile }) => (value === undefined) !== (valueFile === undefined), {
      error: 'needs exactly one of value and valueFile',
    }),
  z.strictObject({
    kind: z.literal('signed-identity').describe('A JWT about the caller that Sallyport signs, valid for a minute.'),
    audience: z
      .string()
      .regex(/^[\x21-\x7e]{1,512}$/, { error: 'must be one word of printable ASCII' })
      .optional()
      .describe('What the server knows itself by. The upstream URL without its query, unless set.'),
    header: staticHeader
      .default('authorization')
      .describe('authorization carries it as Bearer, any other header bare.'),
  }),
  z.strictObject({ kind: z.literal('none').describe('No credential: the server trusts the network.') }),
])

export const serverSection = z.strictObject({
  path: path.describe('Where clients reach the server; also served below /t/{teamspace}.'),
  upstream: upstream.describe('URL of the MCP endpoint behind the gate.'),
  auth: authModes
    .optional()
    .describe('Credentials that the outer door takes; or Gateway or None, alone. As `auth` above, unless set.'),
  outbound: outbound.describe('The inner door: what the server behind is shown.'),
  roles: z.array(z.enum(ROLES)).min(1).optional().describe('Member roles that may call. All, unless set.'),
  appRoles: z
    .array(z.string().min(1).max(120))
    .min(1)
    .optional()
    .describe('App roles of Entra tokens, one of which is needed (roles claim).'),
  scopes: z.array(scope).default([]).describe("Scopes needed beside the connection's own."),
  resourcePath: path.optional().describe('Path of the resource that the root metadata names, when shorter than path.'),
  forwardHeaders: z
    .array(forwardedHeader)
    .max(50)
    .default([])
    .describe('Further request headers that reach the server.'),
  toolRates: toolRates
    .default({})
    .describe('How often one member or MCP token may call the tools of a name; * in it stands for anything.'),
  toolClasses: z
    .record(z.string().min(1).max(256), z.enum(TOOL_CLASSES))
    .refine((classes) => Object.keys(classes).length <= 1_000, { error: 'has more than 1000 entries' })
    .optional()
    .describe('Classes of tools by name, * for any run of characters; they win over what the server says.'),
})
