import type { KubernetesConnection, VerifyMode } from './connection.ts'
import { isFilled, orNull } from './form-shape.ts'
import type { FormShape } from './form-shape.ts'
import { JIT_FIELDS, toJit, toJitValues, validateJit } from './jit-values.ts'
import type { JitValues } from './jit-values.ts'

export interface KubernetesValues extends JitValues {
  cluster: string
  audience: string
  verify: VerifyMode
  issuer: string
  requiredScope: string
  acceptUsers: boolean
}

const toValues = (connection: KubernetesConnection | undefined): KubernetesValues => ({
  cluster: connection?.cluster ?? '',
  audience: connection?.audience ?? '',
  verify: connection?.verify ?? 'auto',
  issuer: connection?.issuer ?? '',
  requiredScope: connection?.requiredScope ?? '',
  acceptUsers: connection?.acceptUsers ?? false,
  ...toJitValues(connection?.jit),
})

const toTarget = ({ cluster, audience, verify, issuer, requiredScope, acceptUsers }: KubernetesValues): object => ({
  kind: 'kubernetes',
  cluster: cluster.trim(),
  verify,
  requiredScope: orNull(requiredScope),
  acceptUsers,
  ...(audience.trim() !== '' && { audience: audience.trim() }),
  ...(issuer.trim() !== '' && { issuer: issuer.trim() }),
})

export const kubernetesShape: FormShape<KubernetesValues, KubernetesConnection> = {
  toValues,
  toSettings: (values) => ({ ...toTarget(values), ...toJit(values) }),
  toTarget,
  validate: { cluster: isFilled('The name of the cluster is needed'), ...validateJit },
  fieldOf: {
    cluster: 'cluster',
    audience: 'audience',
    verify: 'verify',
    issuer: 'issuer',
    requiredScope: 'requiredScope',
    acceptUsers: 'acceptUsers',
    ...JIT_FIELDS,
  },
  identifies: ['cluster'],
}
