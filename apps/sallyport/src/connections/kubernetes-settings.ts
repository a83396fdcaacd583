import { z } from 'zod'
import { VERIFY_MODES } from '../config/kubernetes-section.ts'
import { issuerProblem } from './issuer.ts'
import { jitSettings } from './jit-settings.ts'

const issuer = z.string().superRefine((text, context) => {
  const problem = issuerProblem(text)
  if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
})

/** RFC 6749 §3.3 */
const scopeName = z
  .string()
  .max(200)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, { error: 'must be one word, as in the token' })

/** How a teamspace's connection to a Kubernetes cluster is filled in. */
export const kubernetesSettings = z
  .strictObject({
    kind: z.literal('kubernetes'),
    /** One of `clusters` in sallyport.yaml. */
    cluster: z.string().min(1).max(63),
    /** The public address of the teamspace's default server, unless set (D-12). */
    audience: z
      .string()
      .max(512)
      .regex(/^[\x21-\x7e]+$/, { error: 'must be one word of printable ASCII' })
      .optional(),
    verify: z.enum(VERIFY_MODES).default('auto'),
    issuer: issuer.optional(),
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
