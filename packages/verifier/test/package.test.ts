import assert from 'node:assert/strict'
import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'
import { after, test } from 'node:test'
import { createEmptyProject } from './empty-project.ts'
import { AUDIENCE, signWith, startFakeIssuer } from './fake-issuer.ts'

const project = await createEmptyProject()
const idp = await startFakeIssuer()
after(() => Promise.all([project, idp].map((used) => used[Symbol.asyncDispose]())))

const installed = path.join(project.root, 'node_modules/@sallyport/verifier')
const tsc = path.join(import.meta.dirname, '../../../node_modules/.bin/tsc')

/** Programs that are as plain as they get: one of CommonJS, since no manifest says otherwise, and one module. */
const BODY = `
const [issuer, ...accessTokens] = process.argv.slice(2)
const connection = { teamspaceId: 'acme', issuer, audience: '${AUDIENCE}', requiredScope: 'mcp.access' }
const verifier = createOidcVerifier({ connections: [connection] })
Promise.all(accessTokens.map((accessToken) => verifier.verify(accessToken))).then((outcomes) => {
  const seen = outcomes.map((outcome) =>
    isDenied(outcome) ? outcome.denied.code : withPrincipal(outcome, () => currentPrincipal().subject))
  console.log(JSON.stringify(seen))
})
`
const NAMES = '{ createOidcVerifier, currentPrincipal, isDenied, withPrincipal }'
await project.write('plain.js', `const ${NAMES} = require('@sallyport/verifier')${BODY}`)
await project.write('module.mjs', `import ${NAMES} from '@sallyport/verifier'${BODY}`)

const RUNTIMES = {
  [`Node ${process.versions.node}`]: process.execPath,
  'Node 22': path.join(import.meta.dirname, '../node_modules/node/bin/node'),
}

for (const [runtime, node] of Object.entries(RUNTIMES)) {
  for (const program of ['plain.js', 'module.mjs']) {
    test(`packed and installed offline, the verifier works in ${program} on ${runtime}`, async () => {
      const now = Math.floor(Date.now() / 1000)
      const claims = (changes = {}) => idp.claims({ iat: now - 10, exp: now + 300, ...changes })
      const accessTokens = [await signWith(claims()), await signWith(claims({ aud: 'another' })), 'x']
      const { stdout, stderr } = await project.run(node, program, idp.issuer, ...accessTokens)
      assert.deepEqual(JSON.parse(stdout), ['User-1', 'audience_unknown', 'token_malformed'])
      assert.equal(stderr, '')
    })
  }
}

test('what is installed is JavaScript and declarations, a licence and a README, and nothing that links back', async () => {
  const files = await readdir(installed, { recursive: true, withFileTypes: true })
  const names = files.filter((file) => !file.isDirectory()).map((file) => file.name)
  assert.ok(names.includes('LICENSE') && names.includes('README.md'))
  const others = names.filter((name) => !/^[a-z0-9-]+(?:\.js|\.d\.ts)$/.test(name))
  assert.deepEqual(others.sort(), ['LICENSE', 'README.md', 'package.json'])
  assert.ok(files.every((file) => file.isFile() || file.isDirectory()))
  assert.ok((await lstat(installed)).isDirectory())
})

test('a strict TypeScript program compiles against the declarations, which are checked as well', async () => {
  await project.addTypes()
  const options = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true }
  const compilerOptions = { ...options, module: 'nodenext', target: 'es2022', lib: ['es2022'], types: ['node'] }
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['program.mts'] }))
  await project.write(
    'program.mts',
    `import * as verifier from '@sallyport/verifier'
import { createServer } from 'node:http'

const { createOidcVerifier, isDenied, requireBearer, expressBearer, fastifyBearer, honoBearer } = verifier
const oidc = createOidcVerifier({ connections: [] })
const options = { verifier: oidc, resourceMetadataUrl: 'https://mcp.example/.well-known/oauth-protected-resource' }
const authenticate = requireBearer(options)
createServer(async (req, res) => {
  const caller = await authenticate(req, res)
  if (caller) res.end(caller.subject satisfies string)
})
export const adapters = [expressBearer(options), fastifyBearer(options), honoBearer(options)]
export async function subjectOf(accessToken: string): Promise<string> {
  const outcome = await oidc.verify(accessToken)
  if (isDenied(outcome)) throw new Error(outcome.denied.code)
  // @ts-expect-error: an OIDC token has no Entra tenant
  void outcome.tenantId
  return outcome.subject
}
`,
  )
  const { stdout } = await project
    .run(process.execPath, tsc, '--project', '.')
    .catch((error: { stdout: string }) => error)
  assert.equal(stdout, '')
})
