import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_REDIRECT_URIS, redirectUriProblem } from './redirect-uri.ts'

test('the usual redirect URIs, https and http on loopback are accepted', () => {
  const good = ['https://a.example', 'https://a.example/cb?x=1', 'http://localhost:3000/cb', 'http://[::1]/cb']
  for (const uri of [...DEFAULT_REDIRECT_URIS, ...good]) assert.equal(redirectUriProblem(uri), undefined, uri)
})

test('S2A-10 what could send a code elsewhere is refused, each with its reason', () => {
  const cases: [string, RegExp][] = [
    ['http://a.example/cb', /https/],
    ['http://127.0.0.1.evil.example/', /https/],
    ['http://localhost.evil.example/', /https/],
    ['cursor://anysphere/cb', /https/],
    ['javascript:alert(1)', /https/],
    ['https://a.example/#x', /fragment/],
    ['https://a.example/cb#', /fragment/],
    ['https://*.example/', /wildcard/],
    ['https://user@a.example/', /user information/],
    ['http://localhost@evil.example/', /user information/],
    ['https://@a.example/cb', /written as/],
    ['https:a.example/cb', /written as/],
    ['https://a.example\\cb', /written as/],
    ['https://A.example/cb', /written as/],
    ['https://a.example:443/cb', /written as/],
    ['https://a.example/x/../cb', /written as/],
    ['http://2130706433/', /written as/],
    [' https://a.example/', /written as/],
    ['https://a.example/\tcb', /written as/],
    ['/callback', /absolute/],
    ['', /absolute/],
    [`https://a.example/${'x'.repeat(256)}`, /256/],
  ]
  for (const [uri, reason] of cases) assert.match(redirectUriProblem(uri) ?? 'accepted', reason, uri)
})
