import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { importPKCS8 } from 'jose'
import { ClientSecretPost, modifyAssertion, PrivateKeyJwt } from 'openid-client'
import type { ClientAuth } from 'openid-client'
import type { ClientCredential } from '../connections/connection.ts'

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** How the gateway client proves itself at the token endpoint, made anew for each request: files rotate. */
export async function clientAuthentication(credential: ClientCredential): Promise<ClientAuth> {
  switch (credential.kind) {
    case 'secret':
      return ClientSecretPost(credential.secret)
    case 'certificate':
      return certificateAuthentication(credential.privateKeyPem, credential.certificatePem)
    case 'federated':
      return federatedAuthentication(credential.tokenFile)
  }
}

/** RFC 7523 §2.2 with Entra's header: PS256 and the certificate's SHA-256 thumbprint. */
async function certificateAuthentication(privateKeyPem: string, certificatePem: string): Promise<ClientAuth> {
  const pkcs8 = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'pem' }) as string
  const key = await importPKCS8(pkcs8, 'PS256')
  const thumbprint = createHash('sha256').update(new X509Certificate(certificatePem).raw).digest('base64url')
  return (as, client, body, headers) =>
    PrivateKeyJwt(key, {
      [modifyAssertion]: (header, payload) => {
        header['x5t#S256'] = thumbprint
        payload.aud = as.token_endpoint!
      },
    })(as, client, body, headers)
}

/** Workload identity federation: the file's content is the assertion, read for each request since it is rotated. */
async function federatedAuthentication(tokenFile: string): Promise<ClientAuth> {
  const assertion = (await readFile(tokenFile, 'utf8')).trim()
  if (assertion === '') {
    throw new Error(
      `federated token file "${tokenFile}" is empty: the external identity provider may not have written a token yet`,
    )
  }
  return assertionAuthentication(assertion)
}

/** An assertion that somebody else has signed (RFC 7521 §4.2). */
export const assertionAuthentication =
  (assertion: string): ClientAuth =>
  (_as, client, body) => {
    body.set('client_id', client.client_id)
    body.set('client_assertion_type', JWT_BEARER)
    body.set('client_assertion', assertion)
  }
