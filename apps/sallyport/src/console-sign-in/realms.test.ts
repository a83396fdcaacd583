import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ENTRA_CLOUDS } from '@sallyport/verifier'
import type { ConsoleConfig } from '../config/console.ts'
import { createRealms } from './realms.ts'

const [ONE, TWO] = ['11111111-2222-4333-8444-555555555555', '22222222-2222-4333-8444-555555555555']
const ID = 'aaaaaaaa-2222-4333-8444-555555555555'

const CONFIG: ConsoleConfig = {
  url: 'https://console.example',
  sessionHours: 8,
  idleMinutes: 60,
  identityProviders: [
    {
      name: 'customers',
      kind: 'entra',
      cloud: 'global',
      clientId: 'c',
      clientSecret: 's',
      tenants: [
        { tenantId: ONE, domains: ['one.example'] },
        { tenantId: TWO, domains: ['two.example', 'mail.two.example'] },
      ],
    },
    {
      name: 'staff',
      kind: 'oidc',
      issuer: 'https://id.example',
      clientId: 'c',
      clientSecret: undefined,
      domains: ['staff.example'],
    },
  ],
  operators: [
    { provider: 'customers', tenantId: TWO, subject: ID.toUpperCase() },
    { provider: 'staff', subject: 'Root' },
  ],
}
const realms = createRealms(CONFIG, ENTRA_CLOUDS)

test('the whole domain of an e-mail chooses, and nothing that ends or begins like it', () => {
  assert.equal(realms.findByEmail('ada@one.example')?.issuer, `https://login.microsoftonline.com/${ONE}/v2.0`)
  assert.equal(realms.findByEmail('ada@mail.two.example')?.tenantId, TWO)
  assert.equal(realms.findByEmail('"ada@one.example"@staff.example')?.name, 'staff')
  for (const email of ['ada@sub.one.example', 'ada@evilone.example', 'ada@one.example.evil', 'ada@', '']) {
    assert.equal(realms.findByEmail(email), undefined, email)
  }
})

test('a name that stands for several tenants cannot be chosen', () => {
  assert.deepEqual(realms.choices, [{ name: 'staff', kind: 'oidc' }])
  assert.equal(realms.findByName('customers'), undefined)
  assert.equal(realms.findByName('staff')?.issuerKey, 'https://id.example')
})

test('operators are known as members are: of one tenant of one cloud, by object id in one spelling', () => {
  assert.deepEqual(realms.operators, [
    { issuer: `entra:global:${TWO}`, subject: ID },
    { issuer: 'https://id.example', subject: 'Root' },
  ])
})
