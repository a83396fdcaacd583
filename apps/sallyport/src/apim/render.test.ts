import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bicepTokens } from './bicep.fixture.ts'
import { inputsOf, RAW } from './inputs.fixture.ts'
import { ARTEFACT_NAMES, renderApim, renderFaithfulApim } from './render.ts'
import { elementsOf, only, parseXml } from './xml.fixture.ts'
import type { XmlElement } from './xml.fixture.ts'

const HOST = 'https://acme.azure-api.net'
const METADATA = `${HOST}/.well-known/oauth-protected-resource`
const SCOPE = `api://${RAW.gatewayClientId}/Mcp.Gateway.Access`
const LOGIN = 'https://login.microsoftonline.com'

const corrected = renderApim(inputsOf())
const faithful = renderFaithfulApim(inputsOf())
const both = [corrected, faithful] as const

const section = (root: XmlElement, name: string): XmlElement => only(root, name)
const namesIn = (element: XmlElement): string[] => element.children.map(({ name }) => name)
const variable = (root: XmlElement, name: string): string => {
  const found = [...elementsOf(root)].find(
    (element) => element.name === 'set-variable' && element.attributes.name === name,
  )
  assert.ok(found, name)
  return found.attributes.value!
}
const header = (root: XmlElement, name: string): string[] =>
  [...elementsOf(root)]
    .filter((element) => element.name === 'set-header' && element.attributes.name === name)
    .map((element) => only(element, 'value').text)

test('S2 15 A-44 every policy is well-formed XML, names only its named values and leaves no placeholder', () => {
  const known = ['entra-tenant-id', 'apim-gateway-app-id', 'apim-gateway-client-secret', 'mcp-api-app-id']
  for (const [index, artefacts] of both.entries()) {
    for (const [name, text] of Object.entries(artefacts).filter(([file]) => file.endsWith('.xml'))) {
      const root = parseXml(text)
      assert.equal(root.name, 'policies')
      assert.doesNotMatch(text, /<your-|<!\[CDATA\[|undefined|\[object/, name)
      const found = [...text.matchAll(/\{\{(.*?)\}\}/g)].map(([, value]) => value!)
      assert.deepEqual(
        [...new Set(found)],
        name !== 'policy.xml' ? [] : index === 0 ? [...known, 'gateway-sentinel'] : known,
      )
      assert.doesNotMatch(text.replace(/\{\{[a-z-]+\}\}/g, ''), /\{\{|\}\}/, 'A-43')
    }
  }
})

test('S2 15 every expression closes its brackets and quotes, and each block returns at its end', () => {
  for (const text of both.flatMap((artefacts) => Object.entries(artefacts).filter(([file]) => file.endsWith('.xml')))) {
    for (const element of elementsOf(parseXml(text[1]))) {
      for (const value of [...Object.values(element.attributes), element.text].filter((candidate) =>
        /^@[({]/.test(candidate),
      )) {
        const code = value.replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\]|\\.)'/g, '0')
        assert.doesNotMatch(code, /["']/, value)
        const open: string[] = []
        for (const bracket of code.replace(/[^(){}[\]]/g, '')) {
          if ('({['.includes(bracket)) open.push({ '(': ')', '{': '}', '[': ']' }[bracket]!)
          else assert.equal(open.pop(), bracket, value)
        }
        assert.deepEqual(open, [])
        if (value.startsWith('@{')) assert.match(code, /return [^;]*;\s*\}$/, value)
        assert.doesNotMatch(code, /\/\/|\bFunc\b|\bAction\b|\bdynamic\b/, 'a line comment would swallow an attribute')
      }
    }
  }
})

test('S2 15 A-30 A-31 S2B-02 the inbound section checks the token as the guide does, and splits scp', () => {
  for (const [index, artefacts] of both.entries()) {
    const root = parseXml(artefacts['policy.xml'])
    assert.deepEqual(namesIn(root), ['inbound', 'backend', 'outbound', 'on-error'])
    assert.deepEqual(namesIn(section(root, 'inbound')).slice(0, 2), ['base', 'validate-azure-ad-token'])
    assert.deepEqual(only(root, 'validate-azure-ad-token').attributes, {
      'tenant-id': '{{entra-tenant-id}}',
      'header-name': 'Authorization',
      'failed-validation-httpcode': '401',
      'failed-validation-error-message': 'Unauthorized.',
    })
    assert.deepEqual(namesIn(only(root, 'validate-azure-ad-token')), ['audiences', 'required-claims'])
    assert.equal(only(root, 'audience').text, '{{apim-gateway-app-id}}')
    const separator = index === 0 ? { separator: ' ' } : {}
    assert.deepEqual(only(root, 'claim').attributes, { name: 'scp', match: 'any', ...separator })
    assert.equal(only(only(root, 'claim'), 'value').text, 'Mcp.Gateway.Access')
    // D-06: named values reach C# through variables, which is right in every reading of the documentation.
    assert.equal(variable(root, 'entraTenantId'), '{{entra-tenant-id}}')
    assert.equal(variable(root, 'gatewayAppId'), '{{apim-gateway-app-id}}')
    assert.equal(variable(root, 'gatewaySecret'), '{{apim-gateway-client-secret}}')
    assert.equal(variable(root, 'mcpApiAppId'), '{{mcp-api-app-id}}')
  }
})

test('S2 15 A-34 to A-38 faithful: the order of the guide, its cache key, 3000 seconds, base in every section', () => {
  const root = parseXml(faithful['policy.xml'])
  const inbound = ['set-variable', 'cache-lookup-value', 'choose', 'set-header', 'rewrite-uri']
  assert.deepEqual(namesIn(section(root, 'inbound')).slice(6), inbound)
  assert.deepEqual(only(root, 'cache-lookup-value').attributes, {
    key: '@("obo-mcp-" + (string)context.Variables["userOid"])',
    'variable-name': 'oboToken',
  })
  assert.equal(only(root, 'cache-store-value').attributes.duration, '3000')
  assert.deepEqual(only(root, 'send-request').attributes, {
    mode: 'new',
    'response-variable-name': 'oboResponse',
    timeout: '20',
    'ignore-error': 'false',
  })
  assert.deepEqual(only(root, 'rewrite-uri').attributes, { template: '/mcp/oauth' })
  assert.deepEqual(namesIn(section(root, 'backend')), ['base'])
  assert.deepEqual(namesIn(section(root, 'outbound')), ['base'])
  assert.deepEqual(namesIn(section(root, 'on-error')), ['base', 'choose'])
  assert.deepEqual(header(section(root, 'on-error'), 'WWW-Authenticate'), [`Bearer resource_metadata="${METADATA}"`])
})

test('S2 15 A-35 S2B-03 the exchange posts the six form fields, each encoded, to the tenant', () => {
  for (const artefacts of both) {
    const request = only(parseXml(artefacts['policy.xml']), 'send-request')
    assert.deepEqual(namesIn(request), ['set-url', 'set-method', 'set-header', 'set-body'])
    assert.equal(
      only(request, 'set-url').text,
      `@("${LOGIN}/" + (string)context.Variables["entraTenantId"] + "/oauth2/v2.0/token")`,
    )
    assert.equal(only(request, 'set-method').text, 'POST')
    assert.deepEqual(header(request, 'Content-Type'), ['application/x-www-form-urlencoded'])
    const body = only(request, 'set-body').text
    const fields = ['grant_type', 'client_id', 'client_secret', 'assertion', 'scope', 'requested_token_use']
    assert.deepEqual(
      [...body.matchAll(/\{ "(\w+)",/g)].map(([, field]) => field),
      fields,
    )
    assert.equal(body.match(/WebUtility\.UrlEncode\(field\.(?:Key|Value)\)/g)?.length, 2)
    assert.match(body, /"urn:ietf:params:oauth:grant-type:jwt-bearer"[^]*"\/\.default"[^]*"on_behalf_of"/)
  }
})

test('S2 15 S2B-07 to S2B-10 corrected: no object id is refused, the key has all it must, nothing failed is stored', () => {
  const root = parseXml(corrected['policy.xml'])
  const key = variable(root, 'oboKey')
  for (const part of ['entraTenantId', 'gatewayAppId', 'mcpApiAppId', 'userOid', 'inboundToken', 'SHA256']) {
    assert.match(key, new RegExp(part))
  }
  for (const name of ['cache-lookup-value', 'cache-store-value', 'cache-remove-value']) {
    assert.equal(only(root, name).attributes.key, '@((string)context.Variables["oboKey"])')
  }
  assert.match(variable(root, 'oboSeconds'), /Math\.Min\(3000, Math\.Min\(left, granted - 300\)\)/)
  const exchange = [...elementsOf(root)].find(({ attributes }) =>
    attributes.condition?.includes('ContainsKey("oboToken")'),
  )!
  const refusals = Array<string>(5).fill('choose')
  assert.deepEqual(namesIn(exchange), [
    'send-request',
    'set-variable',
    ...refusals,
    'set-variable',
    'set-variable',
    'choose',
  ])
  const statuses = [...elementsOf(exchange)]
    .filter(({ name }) => name === 'set-status')
    .map(({ attributes }) => attributes.code)
  assert.deepEqual(statuses, ['503', '401', '401', '403', '502'])
  const inbound = section(root, 'inbound').children
  const noOid = inbound.findIndex((element) => JSON.stringify(element).includes('IsNullOrEmpty'))
  assert.ok(noOid > 0 && noOid < inbound.findIndex(({ name }) => name === 'cache-lookup-value'))
  assert.equal(only(inbound[noOid]!, 'set-status').attributes.code, '401')
})

test('S2 15 S2C-41 S3-17 corrected: challenge of outbound, sentinel, no query on, streams not held back', () => {
  const root = parseXml(corrected['policy.xml'])
  for (const name of ['outbound', 'on-error']) {
    assert.deepEqual(header(section(root, name), 'WWW-Authenticate'), [`Bearer resource_metadata="${METADATA}"`])
  }
  assert.deepEqual(header(root, 'X-Gateway-Secret'), ['{{gateway-sentinel}}'])
  assert.deepEqual(only(root, 'rewrite-uri').attributes, { template: '/mcp/oauth', 'copy-unmatched-params': 'false' })
  assert.equal(only(root, 'forward-request').attributes['buffer-response'], 'false')
  assert.deepEqual(header(section(root, 'inbound'), 'Authorization'), [
    '@("Bearer " + (string)context.Variables["oboToken"])',
  ])
})

test('S2 15 A-50 A-52 S2C-01 protected resource metadata is the document of the guide, and at its path the endpoint', () => {
  const document = (resource: string) => ({
    resource,
    authorization_servers: [HOST],
    scopes_supported: [SCOPE],
    bearer_methods_supported: ['header'],
  })
  const usual = only(parseXml(faithful['prm-policy.xml']), 'inbound')
  assert.deepEqual(namesIn(usual), ['return-response'])
  assert.deepEqual(namesIn(only(usual, 'return-response')), ['set-status', 'set-header', 'set-body'])
  assert.deepEqual(only(usual, 'set-status').attributes, { code: '200', reason: 'OK' })
  assert.deepEqual(JSON.parse(only(usual, 'set-body').text), document(`${HOST}/context7`))

  const inbound = only(parseXml(corrected['prm-policy.xml']), 'inbound')
  assert.deepEqual(namesIn(inbound), ['choose', 'return-response'])
  const [atPath, atRoot] = inbound.children
  assert.equal(only(atPath!, 'when').attributes.condition, '@(context.Operation.Id == "prm-metadata-endpoint")')
  assert.deepEqual(JSON.parse(only(atPath!, 'set-body').text), document(`${HOST}/context7/mcp`))
  assert.deepEqual(JSON.parse(only(atRoot!, 'set-body').text), document(`${HOST}/context7`))
  assert.deepEqual(header(atRoot!, 'Access-Control-Allow-Origin'), ['*'])
})

test('S2 15 A-55 S2C-10 authorization server metadata is the document of the guide, without registration', () => {
  for (const artefacts of both) {
    assert.deepEqual(JSON.parse(only(parseXml(artefacts['as-metadata-policy.xml']), 'set-body').text), {
      issuer: HOST,
      authorization_endpoint: `${HOST}/authorize`,
      token_endpoint: `${HOST}/token`,
      jwks_uri: `${LOGIN}/${RAW.tenant}/discovery/v2.0/keys`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['none', 'client_secret_post'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access', SCOPE],
    })
  }
})

test('S2 15 A-60 A-61 authorize is a 302 to the tenant; corrected, its query is written anew without resource', () => {
  for (const artefacts of both) {
    const root = parseXml(artefacts['authorize-policy.xml'])
    const redirect = [...elementsOf(root)].findLast(({ name }) => name === 'return-response')!
    assert.deepEqual(only(redirect, 'set-status').attributes, { code: '302', reason: 'Found' })
    assert.match(header(redirect, 'Location')[0]!, new RegExp(`^@\\(\\$?"${LOGIN}/${RAW.tenant}/oauth2/v2.0/authorize`))
  }
  assert.match(faithful['authorize-policy.xml'], /\{context\.Request\.OriginalUrl\.QueryString\}"\)/)
  const root = parseXml(corrected['authorize-policy.xml'])
  const allowed = /allowed = new HashSet<string> \{ ([^}]*) \}/.exec(variable(root, 'query'))![1]!
  assert.ok(allowed.includes('"state"') && !allowed.includes('resource') && !allowed.includes('"scope"'))
  for (const resource of [HOST, `${HOST}/context7`, `${HOST}/context7/mcp`]) {
    assert.ok(variable(root, 'refusal').includes(`"${resource}"`))
  }
})

test('S2 15 A-62 S2C-31 token: faithful has no policy; corrected lets two grants through, without Origin', () => {
  assert.deepEqual(Object.keys(corrected), [...ARTEFACT_NAMES])
  assert.ok(!('token-policy.xml' in faithful))
  const root = parseXml(corrected['token-policy.xml'])
  const inbound = section(root, 'inbound')
  const deleted = inbound.children.filter(({ attributes }) => attributes['exists-action'] === 'delete')
  assert.deepEqual(
    deleted.map(({ attributes }) => attributes.name),
    ['Origin', 'Cookie', 'Authorization'],
  )
  assert.match(variable(root, 'refusal'), /"unsupported_grant_type"[^]*code_verifier/)
  assert.match(variable(root, 'form'), /As<string>\(preserveContent: true\)/)
  assert.deepEqual(header(section(root, 'outbound'), 'Cache-Control'), ['no-store'])
  assert.equal(only(section(root, 'on-error'), 'set-status').attributes.code, '503')
})

test('S2 15 A-01 to A-03 the Bicep file has the parameters, the one resource and the output of the guide', () => {
  for (const artefacts of both) {
    const tokens = bicepTokens(artefacts['apim.bicep'])
    for (const name of ['name', 'location', 'publisherEmail', 'publisherName']) {
      assert.match(tokens.join(' '), new RegExp(`param ${name} string`))
    }
    const resource = tokens.slice(tokens.indexOf('resource')).join(' ')
    assert.match(resource, /^resource apim 'Microsoft\.ApiManagement\/service@2024-05-01 = \{/)
    assert.match(
      resource,
      /properties : \{ publisherEmail : publisherEmail publisherName : publisherName \} \} output gatewayUrl string = apim \. properties \. gatewayUrl$/,
    )
    assert.ok(tokens.includes("'BasicV2"))
  }
  assert.match(faithful['apim.bicep'], /sku: \{\n {4}name: 'BasicV2'\n {4}capacity: 1/)
})

test('A-23 M-01 a national cloud changes the authority, the resource manager and the name of the cloud', () => {
  const {
    'policy.xml': policy,
    'deploy.sh': deploy,
    'as-metadata-policy.xml': metadata,
  } = renderApim(inputsOf({ cloud: 'china', host: 'acme.azure-api.cn' }))
  assert.match(policy, /"https:\/\/login\.partner\.microsoftonline\.cn\/"/)
  assert.match(metadata, /https:\/\/login\.partner\.microsoftonline\.cn\//)
  assert.match(deploy, /'https:\/\/management\.chinacloudapi\.cn'/)
  assert.match(deploy, /CLOUD='AzureChinaCloud'[^]*DEFAULT_NAME='acme'/)
  for (const text of [policy, deploy, metadata])
    assert.doesNotMatch(text, /microsoftonline\.com|management\.azure\.com/)
})
