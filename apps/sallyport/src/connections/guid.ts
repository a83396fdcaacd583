const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** The GUID in the one spelling that is stored and compared; undefined when `text` is not a GUID. */
export const toGuid = (text: string): string | undefined => (GUID.test(text) ? text.toLowerCase() : undefined)
