import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createServePages } from './serve-pages.ts'

const INDEX = '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>'
const SCRIPT = `console.log('${'x'.repeat(1000)}')`

async function built(t: TestContext) {
  const root = await mkdtemp(path.join(tmpdir(), 'sallyport-pages-'))
  t.after(() => rm(root, { recursive: true }))
  const folder = path.join(root, 'dist')
  await mkdir(path.join(folder, 'assets', '.hidden'), { recursive: true })
  await writeFile(path.join(root, 'secret.txt'), 'secret')
  await writeFile(path.join(folder, 'index.html'), INDEX)
  await writeFile(path.join(folder, 'assets', 'index-Bq3_x-9Z.js'), SCRIPT)
  await writeFile(path.join(folder, 'assets', '.hidden', 'a.txt'), 'secret')
  await writeFile(path.join(folder, 'favicon.svg'), '<svg/>')
  await writeFile(path.join(folder, '.env'), 'secret')
  await writeFile(path.join(folder, 'notes.map'), 'secret')
  await symlink(path.join(root, 'secret.txt'), path.join(folder, 'link.txt'))
  await symlink(root, path.join(folder, 'up'))
  const serve = createServePages(folder)
  const get = (target: string, headers: Record<string, string> = {}, method = 'GET') =>
    serve(new Request(`http://console.example${target}`, { method, headers }))
  return { folder, get }
}

const PAGE = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

test('every path that is opened as a page is the one page, with a nonce for once and headers that close it', async (t) => {
  const { get } = await built(t)
  const nonces = new Set<string>()
  for (const target of ['/', '/t/acme/members?limit=3', '/index.html', '/nothing.js']) {
    const page = await get(target, PAGE)
    assert.equal(page?.status, 200, target)
    const policy = page.headers.get('content-security-policy')!
    const nonce = /'nonce-([A-Za-z0-9+/=]{24})'/.exec(policy)![1]!
    nonces.add(nonce)
    assert.equal(await page.text(), INDEX.replaceAll('__CSP_NONCE__', nonce))
    assert.doesNotMatch(policy, /unsafe|https?:|\*/)
    for (const directive of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]) {
      assert.ok(policy.split('; ').includes(directive), directive)
    }
    assert.deepEqual(
      [
        'x-frame-options',
        'x-content-type-options',
        'referrer-policy',
        'cross-origin-opener-policy',
        'cache-control',
      ].map((name) => page.headers.get(name)),
      ['DENY', 'nosniff', 'no-referrer', 'same-origin', 'no-store'],
    )
  }
  assert.equal(nonces.size, 4)
})

test('what programs ask for is never answered with a page', async (t) => {
  const { get } = await built(t)
  for (const target of [
    '/api/v1/nothing',
    '/console/session',
    '/scim/v2/Users',
    '/metrics',
    '/api',
    '/.well-known/x',
  ]) {
    assert.equal(await get(target, PAGE), undefined, target)
  }
  assert.equal(await get('/'), undefined, 'who does not ask for a page')
  assert.equal(await get('/', PAGE, 'POST'), undefined)
})

test('files of a build are kept for ever when their name has their hash, and are asked about otherwise', async (t) => {
  const { get } = await built(t)
  const script = await get('/assets/index-Bq3_x-9Z.js')
  assert.equal(script?.headers.get('cache-control'), 'public, max-age=31536000, immutable')
  assert.equal(script.headers.get('content-type'), 'text/javascript; charset=utf-8')
  assert.equal(await script.text(), SCRIPT)
  const icon = await get('/favicon.svg', PAGE)
  assert.deepEqual(
    [icon?.headers.get('cache-control'), icon?.headers.get('content-type')],
    ['no-cache', 'image/svg+xml'],
  )

  const etag = icon!.headers.get('etag')!
  const again = await get('/favicon.svg', { 'if-none-match': `"other", W/${etag}` })
  assert.deepEqual([again?.status, await again?.text()], [304, ''])
  assert.equal((await get('/favicon.svg', { 'if-none-match': '"other"' }))?.status, 200)
})

test('HEAD is answered as GET, without the body', async (t) => {
  const { get } = await built(t)
  const head = await get('/assets/index-Bq3_x-9Z.js', {}, 'HEAD')
  assert.deepEqual(
    [head?.status, head?.headers.get('content-length'), await head?.text()],
    [200, `${SCRIPT.length}`, ''],
  )
})

test('texts are sent shrunk to whoever takes that, under a tag of their own', async (t) => {
  const { get } = await built(t)
  const target = '/assets/index-Bq3_x-9Z.js'
  const shrunk = await get(target, { 'accept-encoding': 'br;q=0.5, gzip' })
  assert.equal(shrunk?.headers.get('content-encoding'), 'gzip')
  assert.equal(gunzipSync(Buffer.from(await shrunk.arrayBuffer())).toString(), SCRIPT)
  const [plain, refused] = [await get(target), await get(target, { 'accept-encoding': 'gzip;q=0' })]
  assert.equal(refused?.headers.get('content-encoding'), null)
  assert.notEqual(plain?.headers.get('etag'), shrunk.headers.get('etag'))
  assert.equal(plain?.headers.get('vary'), 'accept-encoding')
})

test('nothing outside the build is served, nothing hidden, and nothing of an unknown kind', async (t) => {
  const { get } = await built(t)
  const targets = [
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/assets//index-Bq3_x-9Z.js',
    '/link.txt',
    '/up/secret.txt',
    '/.env',
    '/assets/.hidden/a.txt',
    '/notes.map',
    '/index.html',
    '/secret.txt%00.js',
    '/assets',
  ]
  for (const target of targets) assert.equal(await get(target), undefined, target)
})

test('a newer build is served from the next page on', async (t) => {
  const { folder, get } = await built(t)
  assert.ok((await get('/', PAGE))?.ok)
  await writeFile(path.join(folder, 'index.html'), 'newer')
  await writeFile(path.join(folder, 'new.txt'), 'new')
  await utimes(path.join(folder, 'index.html'), 1, 1)
  assert.equal(await (await get('/', PAGE))?.text(), 'newer')
  assert.equal(await (await get('/new.txt'))?.text(), 'new')
})

test('without a build the page says how to make one', async () => {
  const page = await createServePages('/nonexistent/dist')(new Request('http://console.example/', { headers: PAGE }))
  assert.equal(page?.status, 503)
  assert.match(await page.text(), /npm run build:console/)
})
