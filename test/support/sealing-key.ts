/** No secret: the key of every test's store. */
export const TEST_SEALING_KEY = new Uint8Array(32).fill(7)
