/** No secret: the key of every test's store. */
export const TEST_SEALING_KEY = new Uint8Array(32).fill(7)

const VARIED = Uint8Array.from({ length: 32 }, (_, index) => (index * 37 + 11) % 256)

/** No secret either, as the environment has it; varied, since a start refuses what looks like a sample. */
export const TEST_SALLYPORT_KEY = Buffer.from(VARIED).toString('base64')
