import { randomUUID } from 'node:crypto'
import { after } from 'node:test'
import pg from 'pg'
import { CLUSTER_VARIABLE, startCluster, type Cluster } from './postgres-cluster.ts'

export interface FreshDatabase {
  readonly url: string
  drop(): Promise<void>
}

let own: Promise<Cluster> | undefined
after(async () => (await own?.catch(() => undefined))?.stop())

/** An empty database: in the cluster of the test run, or for a file run alone in a cluster of its own. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const cluster = process.env[CLUSTER_VARIABLE] ?? (await (own ??= startCluster())).url
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await query(cluster, `create database ${name}`)
  const url = new URL(cluster)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => query(cluster, `drop database if exists ${name} with (force)`) }
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(statement).finally(() => client.end())
}
