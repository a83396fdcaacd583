import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { VerifiedToken } from '@sallyport/verifier'
import { groupsInClaim, groupsInEntraToken } from './claimed-groups.ts'
import { idsOf } from '../../../../test/support/entra-groups.ts'

const ID = 'aaaaaaaa-0002-4000-8000-00000000000a'
const OTHER = 'aaaaaaaa-0002-4000-8000-00000000000b'
const inEntra = (claims: object) => idsOf(groupsInEntraToken({ claims } as VerifiedToken<'entra'>))
const inOidc = (claims: object, name = 'groups') => idsOf(groupsInClaim({ claims } as VerifiedToken<'oidc'>, name))
const guids = (count: number) =>
  Array.from({ length: count }, (_, n) => `cccccccc-0000-4000-8000-${String(n).padStart(12, '0')}`)

const OVERAGE = {
  _claim_names: { groups: 'src1' },
  _claim_sources: { src1: { endpoint: 'https://graph.windows.net/x/users/y/getMemberObjects' } },
}

const ENTRA: [string, object, readonly string[] | 'unknown'][] = [
  ['M-20 a list of ids', { groups: [OTHER, ID] }, [ID, OTHER]],
  ['B-04 ids in capitals, which are the same', { groups: [ID.toUpperCase(), ID] }, [ID]],
  ['an empty list', { groups: [] }, []],
  ['M-23 no claim at all', {}, 'unknown'],
  ['M-20 too many: another place is named', OVERAGE, 'unknown'],
  ['M-20 another place is named although there is a list', { ...OVERAGE, groups: [ID] }, 'unknown'],
  ['another place is named for something else', { groups: [ID], _claim_names: { address: 'src1' } }, [ID]],
  ['M-20 hasgroups, of a token that came through the browser', { hasgroups: true, groups: [ID] }, 'unknown'],
  ['hasgroups as a text', { hasgroups: 'true' }, 'unknown'],
  ['B-04 names of groups, even one', { groups: [ID, 'Domain Admins'] }, 'unknown'],
  ['a single id that is no list', { groups: ID }, 'unknown'],
  ['a list of something else', { groups: [ID, { id: OTHER }] }, 'unknown'],
  ['null', { groups: null }, 'unknown'],
  ['as many as are taken', { groups: guids(5_000) }, guids(5_000)],
  ['more', { groups: guids(5_001) }, 'unknown'],
]
for (const [what, claims, expected] of ENTRA)
  test(`the groups of an Entra token: ${what}`, () => assert.deepEqual(inEntra(claims), expected))

const OIDC: [string, object, readonly string[] | 'unknown'][] = [
  ['a list', { groups: ['staff', 'Staff'] }, ['Staff', 'staff']],
  ['a single one is not split', { groups: 'staff, admins' }, ['staff, admins']],
  ['an empty list', { groups: [] }, []],
  ['M-23 no claim at all', { roles: ['staff'] }, 'unknown'],
  ['an empty text', { groups: '' }, 'unknown'],
  ['a list with a number', { groups: ['staff', 7] }, 'unknown'],
  ['an object', { groups: { staff: true } }, 'unknown'],
  ['null', { groups: null }, 'unknown'],
  ['one as long as is taken', { groups: ['x'.repeat(256)] }, ['x'.repeat(256)]],
  ['a longer one', { groups: ['staff', 'x'.repeat(257)] }, 'unknown'],
  ['too many', { groups: guids(5_001) }, 'unknown'],
]
for (const [what, claims, expected] of OIDC)
  test(`the groups in a claim: ${what}`, () => assert.deepEqual(inOidc(claims), expected))

test('the claim has the name that the connection gives it, and nothing inherited is a claim', () => {
  assert.deepEqual(inOidc({ 'https://acme.example/roles': ['staff'] }, 'https://acme.example/roles'), ['staff'])
  for (const name of ['constructor', '__proto__', 'toString']) assert.equal(inOidc({}, name), 'unknown')
})
