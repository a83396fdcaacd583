/** How often a cache could answer, and how often it could not. Whoever keeps the cache counts; a scrape reads. */
export interface CacheUses {
  hits: number
  misses: number
}
