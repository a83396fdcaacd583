import { fromLines, toLines } from '../../ui/lines-input.tsx'
import type { OidcConnection } from './connection.ts'
import { isFilled, orNull } from './form-shape.ts'
import type { FormShape } from './form-shape.ts'
import { JIT_FIELDS, toJit, toJitValues, validateJit } from './jit-values.ts'
import type { JitValues } from './jit-values.ts'

export interface OidcValues extends JitValues {
  issuer: string
  audience: string
  requiredScope: string
  provider: string
  keysUrl: string
  allowedClients: string
  subjectClaim: string
  groupsClaim: string
}

const toValues = (connection: OidcConnection | undefined): OidcValues => ({
  issuer: connection?.issuer ?? '',
  audience: connection?.audience ?? '',
  requiredScope: connection?.requiredScope ?? '',
  provider: connection?.provider ?? '',
  keysUrl: connection?.keysUrl ?? '',
  allowedClients: toLines(connection?.allowedClients),
  subjectClaim: connection?.subjectClaim ?? '',
  groupsClaim: connection?.groupsClaim ?? '',
  ...toJitValues(connection?.jit),
})

/** Only what was filled in: the rest is found out, or as it usually is. */
const filled = (fields: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, text]) => (text.trim() ? [[name, text.trim()]] : [])))

const toTarget = ({ issuer, requiredScope, provider, keysUrl }: OidcValues): object => ({
  issuer: issuer.trim(),
  requiredScope: orNull(requiredScope),
  ...filled({ provider, keysUrl }),
})

export const oidcShape: FormShape<OidcValues, OidcConnection> = {
  toValues,
  toSettings: (values) => ({
    kind: 'oidc',
    ...toTarget(values),
    allowedClients: fromLines(values.allowedClients),
    ...filled({ audience: values.audience, subjectClaim: values.subjectClaim, groupsClaim: values.groupsClaim }),
    ...toJit(values),
  }),
  toTarget,
  validate: { issuer: isFilled('The address of the issuer is needed'), ...validateJit },
  fieldOf: {
    issuer: 'issuer',
    audience: 'audience',
    requiredScope: 'requiredScope',
    provider: 'provider',
    keysUrl: 'keysUrl',
    allowedClients: 'allowedClients',
    subjectClaim: 'subjectClaim',
    groupsClaim: 'groupsClaim',
    ...JIT_FIELDS,
  },
  identifies: ['issuer'],
}
