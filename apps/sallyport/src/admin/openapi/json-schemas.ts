import { z } from 'zod'

export type JsonSchema = Readonly<Record<string, unknown>>

/** JSON Schemas (2020-12, which OpenAPI 3.1 speaks) of what is taken and answered; those with an id are shared. */
export function createJsonSchemas() {
  const components: Record<string, JsonSchema> = {}
  const convert = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
    const {
      $schema: _,
      $defs,
      ...json
    } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => (io === 'input' ? leaveOut(zodSchema, jsonSchema) : open(jsonSchema)),
    })
    for (const [id, shared] of Object.entries($defs ?? {})) components[id] = toComponentRefs(shared)
    return toComponentRefs(json)
  }
  return {
    components,
    /** What a client may send. */
    taken: (schema: z.ZodType): JsonSchema => convert(schema, 'input'),
    /** What a client gets. */
    answered: (schema: z.ZodType): JsonSchema => convert(schema, 'output'),
  }
}

export type JsonSchemas = ReturnType<typeof createJsonSchemas>

/** A later version may answer more, which must not break clients that were generated from this one. */
function open(json: z.core.JSONSchema.BaseSchema): void {
  if (json.additionalProperties === false) delete json.additionalProperties
}

/** What is preprocessed may be left out: that is where a default of ours comes in. */
function leaveOut(schema: z.core.$ZodTypes, json: z.core.JSONSchema.BaseSchema): void {
  const { def } = schema._zod
  if (def.type !== 'object' || !json.required) return
  json.required = json.required.filter((name) => {
    const member = (def.shape[name] as z.core.$ZodTypes | undefined)?._zod.def
    return member?.type !== 'pipe' || (member.in as z.core.$ZodTypes)._zod.def.type !== 'transform'
  })
}

const toComponentRefs = (json: object): JsonSchema =>
  JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema
