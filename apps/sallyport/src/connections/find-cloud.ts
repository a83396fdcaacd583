import type { EntraCloud, EntraClouds } from '@sallyport/verifier'

/** Looked up as an own property: the name comes from outside, and `constructor` is no cloud. */
export const findCloud = (clouds: EntraClouds, name: string): EntraCloud | undefined =>
  Object.hasOwn(clouds, name) ? clouds[name] : undefined
