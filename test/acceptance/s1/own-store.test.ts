import { ownStoreChecks } from './own-store-checks.ts'

ownStoreChecks('SQLite', async () => ({ url: 'sqlite::memory:', drop: async () => {} }))
