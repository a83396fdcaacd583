import { z } from 'zod'
import { VERIFY_MODES } from '../config/kubernetes-section.ts'
import { jitSettings } from './jit-settings.ts'
import { issuerUrl, scopeName, word } from './setting-types.ts'

/** How a teamspace's connection to a Kubernetes cluster is filled in. */
export const kubernetesSettings = z
  .strictObject({
    kind: z.literal('kubernetes'),
    /** One of `clusters` in sallyport.yaml. */
    cluster: z.string().min(1).max(63),
    /** The public address of the teamspace's default server, unless set (D-12). */
    audience: word(512).optional(),
    verify: z.enum(VERIFY_MODES).default('auto'),
    issuer: issuerUrl.optional(),
    requiredScope: scopeName.nullable().default(null),
    acceptUsers: z.boolean().default(false),
    jit: jitSettings.optional(),
  })
  .superRefine(({ verify, issuer, requiredScope }, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
    if (issuer === undefined && (verify === 'oidc' || verify === 'both'))
      problem('issuer', `is needed by verify ${verify}`)
    if (issuer !== undefined && verify === 'tokenreview') problem('issuer', 'has no meaning with verify tokenreview')
    // A TokenReview tells no scopes: nobody could ever have it.
    const byReview = verify === 'tokenreview' || (verify === 'auto' && issuer === undefined)
    if (requiredScope !== null && byReview)
      problem('requiredScope', 'needs an issuer, since a TokenReview tells no scopes')
  })
  // Optional members are left out, not undefined.
  .transform(({ audience, issuer, jit, ...rest }) => ({
    ...rest,
    ...(audience !== undefined && { audience }),
    ...(issuer !== undefined && { issuer }),
    ...(jit !== undefined && { jit }),
  }))

export type KubernetesSettings = z.output<typeof kubernetesSettings>
