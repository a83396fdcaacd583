import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { TokenDenialReason } from '../src/denial.ts'
import type { TokenKind } from '../src/verified-token.ts'
import { encode, rewrite, signByHmac, signJwt, signOfLength, tamper, type Json, type SigningPair } from './forge.ts'

/** Good credentials of each kind and what it takes to make bad ones. */
export interface Issued {
  readonly nowSeconds: number
  readonly entra: {
    readonly claims: Json
    readonly pair: SigningPair
    readonly issuer: string
    readonly authority: string
    readonly tenantId: string
    /** Claims of a tenant in another cloud, if there is one. */
    readonly usgov?: Json
    /** A published key that only tokens of another tenant may use. */
    readonly othersPair?: SigningPair
  }
  readonly oidc?: {
    readonly claims: Json
    readonly pair: SigningPair
    /** Published beside it, of other algorithms. */
    readonly otherPairs: readonly SigningPair[]
    readonly origin: string
    /** Another issuer, which is spelt with a slash at its end. */
    readonly slashed?: string
    /** Of another connection to the same issuer, without a required scope. */
    readonly secondAudience?: string
  }
  readonly kubernetes?: {
    readonly claims: Json
    readonly sign: (claims: Record<string, unknown>, header?: Record<string, unknown>) => string
    readonly opaque: string
    readonly anonymous: string
    readonly deleted: string
  }
  readonly tokens?: { readonly good: string; readonly expired: string; readonly revoked: string }
}

export type Code = TokenDenialReason['code'] | 'verified'

export interface Row {
  readonly name: string
  readonly accessToken: string
  readonly judge: TokenKind | 'nobody'
  readonly code: Code
  /** All that is asked for a verdict by who has seen nothing yet. */
  readonly asks: readonly string[]
  /** And once more, when the same is shown again. An unknown `kid` may be a new key: it is looked for once. */
  readonly again?: readonly string[]
}

type Asks = readonly string[]
type Judged = (code: Code, asks: Asks, credentials: Readonly<Record<string, string>>, again?: Asks) => Row[]

const judgedBy =
  (judge: Row['judge']): Judged =>
  (code, asks, credentials, again) =>
    Object.entries(credentials).map(([name, accessToken]) => ({
      name: `${judge}: ${name}`,
      accessToken,
      judge,
      code,
      asks,
      ...(again && { again }),
    }))

const ATTACKERS = generateKeyPairSync('rsa', { modulusLength: 2048 })
const attackers = (kid: string): SigningPair => ({ kid, alg: 'RS256', key: ATTACKERS.privateKey })
const ATTACKERS_JWK = { ...ATTACKERS.publicKey.export({ format: 'jwk' }), kid: 'attackers', use: 'sig' }
const MAX_LENGTH = 16 * 1024

/** Every credential of the table; at a place without some kind, its rows are not there. */
export function credentialRows(issued: Issued): Row[] {
  return [
    ...entraRows(issued),
    ...oidcRows(issued),
    ...tokenRows(issued),
    ...kubernetesRows(issued),
    ...lookAlikeRows(issued),
    ...malformedRows(issued),
  ]
}

/** Headers that choose no key, each signed by the attacker under the name of a good key. */
const KEY_CHOOSERS: Readonly<Record<string, Json>> = {
  jwk: { jwk: ATTACKERS_JWK },
  jku: { jku: 'https://evil.example/keys' },
  x5u: { x5u: 'https://evil.example/certificate' },
  x5c: { x5c: ['MIIB'] },
}

/** Headers that are refused as they stand. */
const BAD_HEADERS: Readonly<Record<string, Json>> = {
  'alg none with a signature': { alg: 'none' },
  'alg None': { alg: 'None' },
  'alg HS512': { alg: 'HS512' },
  'alg missing': { alg: undefined },
  'alg a list': { alg: ['RS256'] },
  'alg of a prototype': { alg: 'constructor' },
  crit: { crit: ['exp'], exp: 1 },
  'empty crit': { crit: [] },
  b64: { b64: false, crit: ['b64'] },
  'an ID-JAG': { typ: 'oauth-id-jag+jwt' },
  'a DPoP proof': { typ: 'dpop+jwt' },
  'a logout token': { typ: 'logout+jwt' },
  'a client assertion': { typ: 'client-authentication+jwt' },
  'typ a number': { typ: 1 },
  'no kid': { kid: undefined },
  'a kid of 257 characters': { kid: 'k'.repeat(257) },
}

const mapValues = <Value, Result>(values: Readonly<Record<string, Value>>, to: (value: Value) => Result) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, to(value)]))

function entraRows({ entra, nowSeconds }: Issued): Row[] {
  const { claims, pair, tenantId, usgov, othersPair } = entra
  const by = judgedBy('entra')
  const sign = (changes: Json = {}, header: Json = {}) => signJwt({ ...claims, ...changes }, pair, header)
  const good = sign()
  const publicKey = createPublicKey(pair.key)
  const [find, all] = [['find entra'], ['find entra', 'entra keys']]
  const other = 'dddddddd-0000-4000-8000-00000000000d'
  const app = { scp: undefined, roles: ['Mcp.Call'], sub: claims['oid'], azpacr: '1' }
  return [
    ...by('verified', all, {
      'a user': good,
      'a user, aud in a list': sign({ aud: [claims['aud']] }),
      'at+jwt': sign({}, { typ: 'at+jwt' }),
      'the tolerance of the clock': sign({ exp: nowSeconds - 30 }),
      'claims of a cluster in it': sign({ 'kubernetes.io': { namespace: 'kube-system' } }),
      'claims of OIDC in it': sign({ scope: 'mcp.access', client_id: 'client-1' }),
      'a member named __proto__': signJwt(`{"__proto__":{"iss":"x"},${JSON.stringify(claims).slice(1)}`, pair),
      'exactly 16 KiB': signOfLength(MAX_LENGTH, claims, pair),
    }),
    ...(usgov ? by('verified', ['find entra', 'usgov keys'], { 'the US cloud': sign(usgov) }) : []),
    ...by('token_expired', all, { expired: sign({ exp: nowSeconds - 60 }), 'exp 0': sign({ exp: 0 }) }),
    ...by('signature_invalid', all, {
      'claims changed': tamper(good, { oid: other }),
      'claims changed to those of a cluster': tamper(good, { 'kubernetes.io': { namespace: 'kube-system' } }),
      'signature changed': rewrite(good, 2, (encoded) => (encoded[0] === 'A' ? 'B' : 'A') + encoded.slice(1)),
      'signature of another token': rewrite(good, 2, () => sign({ jti: 'other' }).split('.')[2]!),
      'a short signature': rewrite(good, 2, () => 'AAAA'),
      'the attacker’s key under a good name': signJwt(claims, attackers(pair.kid)),
      ...mapValues(KEY_CHOOSERS, (header) => signJwt(claims, attackers(pair.kid), header)),
    }),
    ...by(
      'token_invalid',
      all,
      {
        'an unknown kid': signJwt(claims, attackers('unknown')),
        'a kid that is a path': signJwt(claims, attackers('../../../etc/passwd')),
        'a kid that is an address': signJwt(claims, attackers('https://evil.example/keys')),
        'a kid of a prototype': signJwt(claims, attackers('__proto__')),
      },
      all,
    ),
    ...by('token_invalid', all, {
      'an ID token': sign({ scp: undefined, nonce: 'n', azp: undefined }),
      'bound to a key': sign({ cnf: { jkt: 'x' } }),
    }),
    ...by('token_invalid', [], {
      'for Microsoft Graph, by its nonce': sign({ aud: '00000003-0000-0000-c000-000000000000' }, { nonce: 'n' }),
      'HS256 with the public key': signByHmac(
        claims,
        { kid: pair.kid },
        publicKey.export({ type: 'spki', format: 'pem' }) as string,
      ),
      'HS256 with the modulus': signByHmac(
        claims,
        { kid: pair.kid },
        publicKey.export({ format: 'jwk' })['n'] as string,
      ),
      'alg PS256': signJwt(claims, { ...pair, alg: 'PS256' }),
      'alg RS512': sign({}, { alg: 'RS512' }),
      ...mapValues(BAD_HEADERS, (header) => sign({}, header)),
    }),
    ...by('audience_unknown', find, {
      'for Microsoft Graph': sign({ aud: '00000003-0000-0000-c000-000000000000' }),
      'for another API': sign({ aud: other }),
      'a tenant without a connection': sign({ iss: `${entra.authority}/${other}/v2.0`, tid: other }),
    }),
    ...by('audience_unknown', [], { 'aud an address': sign({ aud: 'https://mcp.example/mcp' }) }),
    ...by('audience_missing', [], {
      'no aud': sign({ aud: undefined }),
      'aud empty': sign({ aud: '' }),
      'aud a number': sign({ aud: 5 }),
      'aud an object': sign({ aud: { 0: claims['aud'] } }),
    }),
    ...by('claims_invalid', [], {
      'two audiences': sign({ aud: [claims['aud'], other] }),
      'aud an empty list': sign({ aud: [] }),
      'tid of another tenant': sign({ tid: other }),
      'no tid': sign({ tid: undefined }),
      'personal accounts': sign({
        iss: `${entra.authority}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0`,
        tid: '9188040d-6c67-4c5b-b112-36a304b66dad',
      }),
    }),
    ...by('claims_invalid', all, {
      'no exp': sign({ exp: undefined }),
      'exp a string': sign({ exp: String(nowSeconds + 60) }),
      'exp without end': signJwt(JSON.stringify({ ...claims, exp: 5 }).replace('"exp":5', '"exp":1e999'), pair),
      'not valid yet': sign({ nbf: nowSeconds + 100 }),
      'no iat': sign({ iat: undefined }),
      'no oid': sign({ oid: undefined }),
      'scp a list': sign({ scp: ['Mcp.Gateway.Access', 'mcp.access'] }),
    }),
    ...(othersPair ? by('claims_invalid', all, { 'a key of another tenant': signJwt(claims, othersPair) }) : []),
    ...by('scope_insufficient', all, { 'another scope': sign({ scp: 'mcp.access2' }) }),
    ...(usgov ? entraAppRows(sign, app) : []),
    ...by('token_version_unsupported', [], {
      'a v1 token': sign({ iss: `https://sts.windows.net/${tenantId}/`, ver: '1.0' }),
    }),
    ...by('token_version_unsupported', all, { 'ver 1.0 under an issuer of v2': sign({ ver: '1.0' }) }),
  ]
}

/** Where app-only tokens are accepted by role. */
function entraAppRows(sign: (changes: Json) => string, app: Json): Row[] {
  const by = judgedBy('entra')
  const all = ['find entra', 'entra keys']
  return [
    ...by('verified', all, { 'an app': sign(app) }),
    ...by('app_token_refused', all, {
      'an app of another role': sign({ ...app, roles: ['Other'] }),
      'an app without a role': sign({ ...app, roles: undefined }),
    }),
    ...by('claims_invalid', ['find entra'], {
      'the tenant in another cloud': sign({
        iss: 'https://login.partner.microsoftonline.cn/11111111-1111-4111-8111-111111111111/v2.0',
      }),
    }),
    ...by('token_version_unsupported', [], {
      'a v1 token of China': sign({ iss: 'https://sts.chinacloudapi.cn/11111111-1111-4111-8111-111111111111/' }),
    }),
  ]
}

function oidcRows({ oidc, entra, nowSeconds }: Issued): Row[] {
  if (!oidc) return []
  const { claims, pair, otherPairs, slashed, secondAudience } = oidc
  const by = judgedBy('oidc')
  const sign = (changes: Json = {}, header: Json = {}) => signJwt({ ...claims, ...changes }, pair, header)
  const good = sign()
  const [find, all] = [['find oidc'], ['find oidc', 'issuer metadata', 'issuer keys']]
  const [first] = otherPairs
  return [
    ...by('verified', all, {
      'aud a string': good,
      'aud a list': sign({ aud: ['account', claims['aud']] }),
      'scp a list': sign({ scope: undefined, scp: String(claims['scope']).split(' ') }),
      'claims of Entra in it': sign({ tid: entra.tenantId, oid: entra.claims['oid'], ver: '2.0', scp: 'mcp.access' }),
      'claims of a cluster in it': sign({ 'kubernetes.io': { namespace: 'kube-system' } }),
      ...Object.fromEntries(otherPairs.map((other) => [other.alg, signJwt(claims, other)])),
    }),
    ...(slashed === undefined
      ? []
      : by('verified', ['find oidc', 'slashed metadata', 'slashed keys'], {
          'a slash at the end': sign({ iss: slashed }),
        })),
    ...by('token_expired', all, { expired: sign({ exp: nowSeconds - 60 }) }),
    ...by('signature_invalid', all, {
      'claims changed': tamper(good, { sub: 'somebody-else' }),
      'claims changed to those of Entra': tamper(good, { tid: entra.tenantId, oid: entra.claims['oid'] }),
      'claims changed to those of a cluster': tamper(good, { sub: 'system:serviceaccount:kube-system:admin' }),
      'the attacker’s key under a good name': signJwt(claims, attackers(pair.kid)),
      ...mapValues(KEY_CHOOSERS, (header) => signJwt(claims, attackers(pair.kid), header)),
    }),
    ...by('token_invalid', all, { 'an unknown kid': signJwt(claims, attackers('unknown')) }, all),
    ...by('token_invalid', all, { 'Entra’s key': signJwt(claims, entra.pair) }, all),
    ...by('token_invalid', all, { 'alg RS512, where the key is for RS256': sign({}, { alg: 'RS512' }) }),
    ...(first ? by('token_invalid', all, { 'alg of another key': sign({}, { kid: first.kid }) }) : []),
    ...by('token_invalid', all, { 'bound to a key': sign({ cnf: { jkt: 'x' } }) }),
    ...by('token_invalid', find, {
      'HS256 with the public key': signByHmac(
        claims,
        { kid: pair.kid },
        createPublicKey(pair.key).export({ type: 'spki', format: 'pem' }) as string,
      ),
      ...mapValues(BAD_HEADERS, (header) => sign({}, header)),
    }),
    ...by('audience_unknown', find, { 'for somebody else': sign({ aud: 'https://other.example/mcp' }) }),
    ...by('audience_missing', find, { 'no aud': sign({ aud: undefined }), 'aud empty': sign({ aud: [''] }) }),
    ...by('claims_invalid', find, { 'aud a number': sign({ aud: 5 }), 'aud of numbers': sign({ aud: [5] }) }),
    ...by('claims_invalid', all, {
      'no sub': sign({ sub: undefined }),
      'sub of 256 characters': sign({ sub: 's'.repeat(256) }),
      'not valid yet': sign({ nbf: nowSeconds + 100 }),
    }),
    ...by('scope_insufficient', all, {
      'no scope': sign({ scope: undefined }),
      'another scope': sign({ scope: 'mcp.access2' }),
    }),
    ...(secondAudience === undefined ? [] : secondAudienceRows(sign, claims, secondAudience)),
  ]
}

/** Two connections to one issuer, the other one without a required scope and for the id of a client. */
function secondAudienceRows(sign: (changes: Json, header?: Json) => string, claims: Json, audience: string): Row[] {
  const by = judgedBy('oidc')
  const all = ['find oidc', 'issuer metadata', 'issuer keys']
  return [
    ...by('verified', all, { 'the other connection of the issuer': sign({ aud: audience }) }),
    ...by('token_invalid', all, {
      'an ID token': sign({ aud: audience, nonce: 'n', scope: undefined }, { typ: 'JWT' }),
    }),
    ...by('claims_invalid', ['find oidc'], { 'for two connections at once': sign({ aud: [claims['aud'], audience] }) }),
  ]
}

function tokenRows({ tokens, entra }: Issued): Row[] {
  if (!tokens) return []
  const by = judgedBy('token')
  const { good, expired, revoked } = tokens
  const last = good.at(-1)!
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  // The last character holds four bits; of two that differ in the others, a decoder reads the same bytes.
  const twin = alphabet[alphabet.indexOf(last) + 1]!
  return [
    ...by('verified', ['find token'], { good }),
    ...by('token_invalid', ['find token'], {
      expired,
      revoked,
      unknown: `mcpt_${'A'.repeat(43)}`,
      'one character changed': good.slice(0, 10) + (good[10] === 'x' ? 'y' : 'x') + good.slice(11),
      'a last character that decodes to the same bytes (S4-02)': good.slice(0, -1) + twin,
    }),
    ...by('token_invalid', [], {
      '42 characters': good.slice(0, -1),
      '44 characters': `${good}A`,
      'nothing but the prefix': 'mcpt_',
      'the prefix twice': `mcpt_${good}`,
      'upper case': `MCPT_${good.slice(5)}`,
      'mixed case': `Mcpt_${good.slice(5)}`,
      'a dot': `${good.slice(0, 20)}.${good.slice(21)}`,
      'two dots': 'mcpt_a.b.c',
      padding: `${good}=`,
      'a line break at the end': `${good}\n`,
      'a space inside': `${good.slice(0, 20)} ${good.slice(21)}`,
      'standard base64': `${good.slice(0, 20)}+${good.slice(21)}`,
      'not ASCII': `mcpt_${'ü'.repeat(43)}`,
      'before a good JWT': `mcpt_${signJwt(entra.claims, entra.pair)}`,
      '16 KiB and more': `mcpt_${'a'.repeat(20_000)}`,
    }),
  ]
}

/** Keys of other products and words that look like nothing: with a cluster they are its business, else nobody's. */
const OPAQUE_WORDS: Readonly<Record<string, string>> = {
  'a key of OpenAI': 'sk-live-0123456789abcdef',
  'a token of GitHub': 'ghp_0123456789abcdefghijklmnopqrstuvwxyz',
  'a key of Context7': 'ctx7sk-0123456789',
  'the beginning of a JWT': 'eyJ',
  'a word': 'Bearer',
  'user and password in base64': 'YWRhOnBhc3N3b3Jk',
  undefined: 'undefined',
  'almost the prefix': 'mcpt-0123456789',
  'the prefix elsewhere': 'x-mcpt_0123456789',
  'padding alone at the end': 'abc=',
  '16 KiB': 'a'.repeat(MAX_LENGTH),
}

function kubernetesRows({ kubernetes, nowSeconds }: Issued): Row[] {
  if (!kubernetes) return judgedBy('nobody')('token_malformed', [], OPAQUE_WORDS)
  const by = judgedBy('kubernetes')
  const { claims, sign, opaque, anonymous, deleted } = kubernetes
  const good = sign(claims)
  const [find, review, both] = [['find oidc'], ['TokenReview'], ['find oidc', 'TokenReview']]
  const signed = (changes: Json) => sign({ ...claims, ...changes })
  return [
    ...by('verified', both, {
      'a service account': good,
      'aud a string': signed({ aud: 'sallyport' }),
      'claims of Entra in it': signed({ tid: '11111111-1111-4111-8111-111111111111', ver: '2.0', scp: 'mcp.access' }),
    }),
    ...by('verified', review, { opaque }),
    ...by('token_expired', find, { expired: signed({ exp: nowSeconds - 60 }) }),
    ...by('audience_unknown', find, { 'for the API server': signed({ aud: ['https://kubernetes.default.svc'] }) }),
    ...by('audience_missing', find, { 'no aud': signed({ aud: undefined }) }),
    ...by('claims_invalid', find, { 'no exp': signed({ exp: undefined }) }),
    ...by('token_invalid', both, {
      'claims changed': tamper(good, { sub: 'system:serviceaccount:kube-system:admin', jti: 'x' }),
      'the attacker’s key': signJwt(claims, attackers('unknown')),
      'alg none': sign(claims, { alg: 'none' }),
      'a deleted account': deleted,
      'an issuer nobody knows': signed({ iss: 'https://nobody.example' }),
      'an issuer of a prototype': signed({ iss: '__proto__' }),
      'an issuer that is a file': signed({ iss: 'file:///etc/passwd' }),
      'an issuer of metadata of a machine': signed({ iss: 'http://169.254.169.254/latest' }),
      'an issuer of 2048 characters': signed({ iss: `https://${'a'.repeat(2040)}` }),
    }),
    ...by('token_invalid', review, {
      'an unknown opaque token': `sha256~${'a'.repeat(43)}`,
      'no issuer': signed({ iss: undefined }),
      'an empty issuer': signed({ iss: '' }),
      'an issuer of 2049 characters': signed({ iss: `https://${'a'.repeat(2041)}` }),
      'the issuer a number': signed({ iss: 5 }),
      'the issuer null': signed({ iss: null }),
      'the issuer true': signed({ iss: true }),
      'the issuer a list': signed({ iss: [claims['iss']] }),
      'the issuer an object': signed({ iss: { toString: 'x' } }),
      ...OPAQUE_WORDS,
    }),
    ...by('claims_invalid', review, { 'nobody’s opaque token': anonymous }),
  ]
}

/** Spellings that a careless reader takes for the address of a known issuer. */
const lookAlikesOf = (issuer: string): Readonly<Record<string, string>> => {
  const { protocol, host, hostname, port, pathname } = new URL(issuer)
  return {
    'a slash at the end': `${issuer}/`,
    'upper case': issuer.toUpperCase(),
    'the scheme in upper case': issuer.replace(protocol, protocol.toUpperCase()),
    'userinfo before the host': issuer.replace('//', '//user@'),
    'the host as userinfo': `${protocol}//${host}@evil.example${pathname}`,
    'the host as a subdomain': issuer.replace(host, `${host}.evil.example`),
    'a host in front': issuer.replace(host, `evil.example/${host}`),
    'a port': issuer.replace(host, `${hostname}:1${port}`),
    'percent-encoding': issuer.replace(/.$/, (character) => `%${character.charCodeAt(0).toString(16)}`),
    'a full-width letter': issuer.replace('http', 'ｈttp'),
    'a homograph': issuer.replace('/v2', '/ѵ2').replace('acme', 'аcme'),
    'a soft hyphen': `${issuer}\u00ad`,
    'a zero-width space': `${issuer}\u200b`,
    'a NUL': `${issuer}\u0000`,
    'a space in front': ` ${issuer}`,
    'a line break': `${issuer}\n`,
    'a dot segment': issuer.replace(/\/([^/]+)$/, '/x/../$1'),
    'an encoded dot segment': issuer.replace(/\/([^/]+)$/, '/x/%2e%2e/$1'),
    'a backslash': issuer.replace(/\/([^/]+)$/, '\\$1'),
    'two slashes': issuer.replace(/\/([^/]+)$/, '//$1'),
    'a query': `${issuer}?`,
    'a fragment': `${issuer}#`,
  }
}

/** With a cluster they are its business, and for somebody else; without one the issuer is simply unknown. */
function lookAlikeRows({ entra, oidc, kubernetes }: Issued): Row[] {
  const of = (claims: Json, pair: SigningPair) =>
    mapValues(lookAlikesOf(String(claims['iss'])), (iss) => signJwt({ ...claims, iss }, pair))
  const named = (name: string, credentials: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(credentials).map(([what, token]) => [`like ${name}: ${what}`, token]))
  const credentials = {
    ...named('Entra', of(entra.claims, entra.pair)),
    ...(oidc && named('the issuer', of(oidc.claims, oidc.pair))),
  }
  const upperTenant = { iss: entra.issuer.replace(entra.tenantId, entra.tenantId.toUpperCase()) }
  const others = {
    'Entra, tenant in upper case': signJwt({ ...entra.claims, ...upperTenant }, entra.pair),
    'Entra, tenant common': signJwt({ ...entra.claims, iss: `${entra.authority}/common/v2.0` }, entra.pair),
    'Entra, tenant a path': signJwt(
      { ...entra.claims, iss: `${entra.authority}/..%2f..%2fevil%2f0000000000000000000000/v2.0` },
      entra.pair,
    ),
    'Entra, a version to come': signJwt({ ...entra.claims, iss: entra.issuer.replace('v2.0', 'v3.0') }, entra.pair),
  }
  const inUpper = /[a-f]/.test(entra.tenantId)
  if (!inUpper) delete (others as Record<string, string>)['Entra, tenant in upper case']
  return kubernetes
    ? judgedBy('kubernetes')('audience_unknown', ['find oidc'], { ...credentials, ...others })
    : judgedBy('oidc')('claims_invalid', ['find oidc'], { ...credentials, ...others })
}

function malformedRows({ entra }: Issued): Row[] {
  const by = judgedBy('nobody')
  const { claims, pair } = entra
  const good = signJwt(claims, pair)
  const header = JSON.stringify({ alg: pair.alg, kid: pair.kid })
  const payload = JSON.stringify(claims)
  const bom = '\ufeff'
  const spoilt = (character: string) => rewrite(good, 1, (part) => part.slice(0, 8) + character + part.slice(8))
  const signRaw = (text: string | Buffer) => signJwt(text, pair, header)
  return [
    ...by('token_malformed', [], {
      empty: '',
      'a dot': '.',
      'two dots': '..',
      'three dots': '...',
      'two parts': good.split('.').slice(0, 2).join('.'),
      'four parts': `${good}.`,
      'six parts': `${good}.${good}`,
      'an empty first part': `.${good}`,
      'letters for parts': 'a.b.c',
      'alg none without a signature': `${encode('{"alg":"none"}')}.${encode(payload)}.`,
      'padding in the header': rewrite(good, 0, (part) => `${part}=`),
      'padding in the payload': rewrite(good, 1, (part) => `${part}=`),
      'padding in the signature': `${good}==`,
      'a last character that decodes to the same bytes': rewrite(
        good,
        2,
        (part) => `${part.slice(0, -1)}${next(part)}`,
      ),
      'a space': spoilt(' '),
      'a space at the end': `${good} `,
      'a space in front': ` ${good}`,
      'a tab': spoilt('\t'),
      'a line break': spoilt('\n'),
      'a line break at the end': `${good}\r\n`,
      'a NUL': spoilt('\0'),
      'a DEL': spoilt('\x7f'),
      'not ASCII': spoilt('ü'),
      'a character whose low byte is a letter': spoilt('\u0141'),
      'a zero-width space': spoilt('\u200b'),
      'half a surrogate pair': spoilt('\ud800'),
      'a byte order mark in front': `${bom}${good}`,
      'standard base64': spoilt('+/'),
      'the scheme twice': `Bearer ${good}`,
      'in quotes': `"${good}"`,
      'an opaque word that is not ASCII': 'sha256~ü',
      'padding inside a word': 'abc=def',
      'a bootstrap token': 'abcdef.0123456789abcdef',
      'a key with a dot': 'SG.0123456789',
      '16 KiB and one': 'a'.repeat(MAX_LENGTH + 1),
      'a good token of 16 KiB and one': signOfLength(MAX_LENGTH + 1, claims, pair),
      'a megabyte of dots': '.'.repeat(1 << 20),
      'the header a list': signJwt(claims, pair, '[]'),
      'the header null': signJwt(claims, pair, 'null'),
      'the header no JSON': signJwt(claims, pair, '{'),
      'a mark before the header': signJwt(claims, pair, bom + header),
      'alg twice': signJwt(claims, pair, `{"alg":"none",${header.slice(1)}`),
      'alg twice, once escaped': signJwt(claims, pair, `{"\\u0061lg":"none",${header.slice(1)}`),
      'the payload a list': signRaw('[]'),
      'the payload null': signRaw('null'),
      'the payload a text': signRaw('"x"'),
      'the payload no JSON': signRaw('{'),
      'a mark before the payload': signRaw(bom + payload),
      'the payload in Latin-1': signRaw(Buffer.from(payload.replace('}', ',"name":"\u00fc"}'), 'latin1')),
      'the payload in UTF-16': signRaw(Buffer.from(payload, 'utf16le')),
      'iss twice': signRaw(`{"iss":"https://evil.example",${payload.slice(1)}`),
      'iss twice, once escaped': signRaw(`{"\\u0069ss":"https://evil.example",${payload.slice(1)}`),
      'a member twice, deep inside': signRaw(`{"x":{"y":[{"a":1,"a":2}]},${payload.slice(1)}`),
      'too deep': signRaw(`{"x":${'['.repeat(100)}${']'.repeat(100)},${payload.slice(1)}`),
    }),
    ...by('token_invalid', [], {
      'five parts, a JWE': 'a.b.c.d.e',
      'two tokens': `${good} ${good}`,
      'two tokens and a comma': `${good},${good}`,
      'a good token encrypted': `${encode('{"alg":"dir","enc":"A256GCM"}')}..${encode('iv')}.${encode(good)}.${encode('tag')}`,
    }),
  ]
}

/** The next character of the alphabet: the unused bits at the end of 256 bytes are told apart by nobody who decodes. */
function next(encoded: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  return alphabet[alphabet.indexOf(encoded.at(-1)!) + 1]!
}
