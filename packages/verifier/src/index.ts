export { readBearer, takeBearer, MAX_ACCESS_TOKEN_LENGTH } from './bearer.ts'
export { BoundedMap } from './bounded-map.ts'
export { bearerChallenge, challengeFor, type ChallengeOptions } from './challenge.ts'
export {
  createVerifier,
  type KubernetesDoor,
  type Verifier,
  type VerifierOptions,
  type VerifyContext,
} from './create-verifier.ts'
export { deny, isDenied, TOKEN_TERMS, type Denial, type Terms, type TokenDenialReason } from './denial.ts'
export {
  checkClouds,
  ENTRA_CLOUDS,
  entraIssuer,
  entraIssuerOf,
  entraKeysUrl,
  type EntraCloud,
  type EntraClouds,
} from './entra/clouds.ts'
export { cachedSource, type CachedSource, type CachedSourceOptions } from './entra/cached-source.ts'
export type { EntraConnection, EntraConnectionSource } from './entra/connection.ts'
export { localSource } from './entra/local-source.ts'
export { remoteSource, type RemoteSourceOptions } from './entra/remote-source.ts'
export { createEntraVerifier, type EntraVerifier, type EntraVerifierOptions } from './entra/verifier.ts'
export { isJsonObject, parseStrictJson, type JsonObject, type StrictJson } from './jwt/strict-json.ts'
export { VerificationFault } from './fault.ts'
export { hashMcpToken, isMcpToken, MCP_TOKEN_PREFIX, mintMcpToken, type MintedMcpToken } from './mcp-token/mcp-token.ts'
export {
  createMcpTokenVerifier,
  type McpTokenRecord,
  type McpTokenSource,
  type McpTokenVerifier,
  type McpTokenVerifierOptions,
} from './mcp-token/verifier.ts'
export type { OidcConnection, OidcConnectionSource } from './oidc/connection.ts'
export { inspectIssuer, type InspectOptions, type IssuerInspection } from './oidc/inspect-issuer.ts'
export { isOidcProvider, OIDC_PROVIDERS, oidcAdvice, type OidcProvider } from './oidc/providers.ts'
export { createOidcVerifier, type OidcVerifier, type OidcVerifierOptions } from './oidc/verifier.ts'
export { toAuthInfo, type AuthInfo } from './middleware/auth-info.ts'
export { type BearerOptions } from './middleware/check-bearer.ts'
export { expressBearer } from './middleware/express.ts'
export { fastifyBearer } from './middleware/fastify.ts'
export { honoBearer } from './middleware/hono.ts'
export { oauthTokenVerifier, type McpSdkErrors, type OAuthTokenVerifier } from './middleware/oauth-token-verifier.ts'
export { requireBearer, type RequireBearer, type RequireBearerOptions } from './middleware/node.ts'
export { checkTeamspaceId, databaseNameFor } from './scope/database-name.ts'
export { bindIterable, bindPrincipal, currentPrincipal, withPrincipal, type Principal } from './scope/principal.ts'
export { stdioTeamspace } from './scope/stdio-teamspace.ts'
export type { TokenVerifier } from './token-verifier.ts'
export type { TokenKind, VerifiedToken } from './verified-token.ts'
export {
  fileCluster,
  inClusterCluster,
  type FileCluster,
  type InClusterFiles,
  type KubernetesCluster,
} from './kubernetes/cluster.ts'
export type { KubernetesConnection } from './kubernetes/connection.ts'
export {
  createKubernetesVerifier,
  type KubernetesVerifier,
  type KubernetesVerifierOptions,
} from './kubernetes/verifier.ts'
