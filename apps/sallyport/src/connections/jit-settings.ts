import { z } from 'zod'
import { unique } from './setting-types.ts'

const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}+$/u, { error: 'must not contain control characters' })

/** Whom the gate makes a member when they first call. Never an owner: that is for an owner to decide. */
export const jitSettings = z
  .strictObject({
    role: z.enum(['admin', 'developer']).default('developer'),
    claim: text(200).nullable(),
    values: z.array(text(300)).max(100).default([]).transform(unique),
  })
  .superRefine(({ claim, values }, context) => {
    const problem = (message: string) => context.addIssue({ code: 'custom', path: ['values'], message })
    if (claim !== null && values.length === 0) problem('needs at least one value of the claim')
    if (claim === null && values.length > 0) problem('has no meaning without a claim')
  })
