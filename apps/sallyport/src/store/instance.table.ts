/** What this installation remembers about itself. */
export interface InstanceTable {
  key: string
  value: string
}
