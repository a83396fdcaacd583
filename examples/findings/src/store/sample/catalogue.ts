import type { Ecosystem } from '../sbom-package.ts'

/** Scopes, groups and hosts are `sample` or `example`, so that no row can be taken for a claim about published code. */
interface PackageFamily {
  readonly of: (word: string) => string
  readonly purl: (word: string, version: string) => string
  readonly manifest: string
  readonly words: readonly string[]
}

const words = (text: string) => text.split(' ')

export const FAMILIES: Readonly<Record<Ecosystem, PackageFamily>> = {
  npm: {
    of: (word) => `@sample/${word}`,
    purl: (word, version) => `pkg:npm/%40sample/${word}@${version}`,
    manifest: 'package-lock.json',
    words: words(
      'fastparse netframe yamlite imgpress tokenbox pathwise queuekit htmltide zipstream gridquery formloom datelet',
    ),
  },
  pypi: {
    of: (word) => `sample-${word}`,
    purl: (word, version) => `pkg:pypi/sample-${word}@${version}`,
    manifest: 'poetry.lock',
    words: words('frameforge tensorlet csvmill cronleaf sqlbridge templar httpmoth picklejar modelbox plotwell'),
  },
  maven: {
    of: (word) => `example.sample:${word}`,
    purl: (word, version) => `pkg:maven/example.sample/${word}@${version}`,
    manifest: 'pom.xml',
    words: words('beanpress logspring xmlforge ledgerkit jobrunner mailgate authcore cachegrid schemaworks textindex'),
  },
  golang: {
    of: (word) => `sample.example/${word}`,
    purl: (word, version) => `pkg:golang/sample.example/${word}@v${version}`,
    manifest: 'go.sum',
    words: words('edgekit rpcline muxer tracefold kvstore certwatch proxybuf limiter grepl archiver'),
  },
  cargo: {
    of: (word) => `sample-${word}`,
    purl: (word, version) => `pkg:cargo/sample-${word}@${version}`,
    manifest: 'Cargo.lock',
    words: words('bytewing asyncore lexbird ringbuf hashfield ioqueue wasmlet cryptbox'),
  },
}

export const LICENSES = words('MIT MIT Apache-2.0 Apache-2.0 BSD-3-Clause ISC MPL-2.0 LGPL-3.0-or-later')

/** Name, language, ecosystem, and whether it answers on the web and is therefore scanned there. */
export const REPOSITORIES = [
  ['billing-api', 'TypeScript', 'npm', true],
  ['checkout-web', 'TypeScript', 'npm', true],
  ['identity-sync', 'Java', 'maven', false],
  ['ledger-core', 'Java', 'maven', false],
  ['data-pipeline', 'Python', 'pypi', false],
  ['ml-scoring', 'Python', 'pypi', true],
  ['edge-proxy', 'Go', 'golang', true],
  ['fleet-agent', 'Rust', 'cargo', false],
  ['support-portal', 'TypeScript', 'npm', true],
  ['report-writer', 'Python', 'pypi', false],
  ['partner-api', 'Go', 'golang', true],
] as const satisfies readonly (readonly [string, string, Ecosystem, boolean])[]

export const ORGANISATIONS = words(
  'harbourline northfield quartzworks bluefen ashgrove copperleaf stonebridge larkfield tidewater elmhurst',
)

/** What a package or a line of code can have: title, CWE, description. */
export const WEAKNESSES = [
  [
    'Path traversal',
    'CWE-22',
    'A file name taken from the request is joined to the upload folder without being checked.',
  ],
  ['Regular expression of exponential time', 'CWE-1333', 'One crafted header keeps a worker busy for minutes.'],
  [
    'SQL injection',
    'CWE-89',
    'The sort column is concatenated into the statement instead of being chosen from a list.',
  ],
  [
    'Server-side request forgery',
    'CWE-918',
    'The preview fetches any address it is given, those of the internal network included.',
  ],
  ['Stored cross-site scripting', 'CWE-79', 'A display name reaches the page without being escaped.'],
  ['Deserialization of untrusted data', 'CWE-502', 'A queue message names the class that is to be built from it.'],
  ['Missing authorization', 'CWE-862', 'The export endpoint asks who is calling but not whether they may export.'],
  [
    'Secret in the repository',
    'CWE-798',
    'A credential of the staging environment was committed together with a test fixture.',
  ],
] as const

/** What a dynamic scan sees from outside: title, CWE, evidence. */
export const RESPONSES = [
  ['Reflected cross-site scripting', 'CWE-79', 'The marker that was sent came back in the page unescaped.'],
  ['Open redirect', 'CWE-601', 'The Location header named the host that the parameter named.'],
  ['Session cookie without Secure', 'CWE-614', 'Set-Cookie of the session lacks the attribute.'],
  ['Stack trace in an answer', 'CWE-209', 'A malformed number was answered with file names and line numbers.'],
  ['Object of another account', 'CWE-639', 'The next higher number was answered 200 with the same session.'],
  ['No Content-Security-Policy', 'CWE-693', 'The page has forms and scripts, and the header is absent.'],
] as const

export const PATHS = words('/login /orders/{id} /search /export /profile /invoices/{id} /webhooks /reset')
export const PARAMETERS = words('q next id sort file callback')
