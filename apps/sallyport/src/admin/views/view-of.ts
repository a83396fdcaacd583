import type { z } from 'zod'

/** The type without what schemas do not say: whether members may be written, and by which interfaces they came together. */
type Plain<Type> = Type extends readonly (infer Item)[]
  ? readonly Plain<Item>[]
  : Type extends object
    ? { readonly [Member in keyof Type]: Plain<Type[Member]> }
    : Type

type Same<One, Other> =
  (<Type>() => Type extends One ? 1 : 2) extends <Type>() => Type extends Other ? 1 : 2 ? true : false

/** A schema that says of a view what its type says: one member too many, or one too few, does not compile. */
export const viewOf =
  <View>() =>
  <Schema extends z.ZodType>(
    schema: Schema & (Same<Plain<View>, Plain<z.output<Schema>>> extends true ? unknown : { readonly view: View }),
  ): Schema =>
    schema
