/** The steps of a call, in their order. Whoever puts another into `gate.ts` adds its name here. */
export const STEPS = [
  'throttle',
  'route',
  'authenticate',
  'admit',
  'read',
  'readmit',
  'authorize',
  'limit',
  'exchange',
  'forward',
] as const

export type Step = (typeof STEPS)[number]

const AFTER = Object.fromEntries(STEPS.map((step, index) => [step, STEPS[index + 1] ?? step])) as Record<Step, Step>

/** Where a call is once it has passed a step; nothing comes after the last. */
export const stepAfter = (step: Step): Step => AFTER[step]
