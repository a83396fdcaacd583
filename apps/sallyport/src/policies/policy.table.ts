/** At most one a teamspace; without a row, or with the default as its document, nothing is decided. */
export interface PolicyTable {
  teamspace_id: string
  /** JSON, as `policySchema` of the version that saved it describes it. */
  document: string
  /** Counts up for ever, removals included, so that no version ever stands for two documents. */
  version: number
  updated_at: number
  updated_by: string
}
