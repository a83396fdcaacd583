import type { ServerResponse } from 'node:http'

/** A status with a Kubernetes `Status` body, silence, an end of the connection, or an answer word for word. */
export type Failure =
  number | 'hang' | 'disconnect' | { status: number; headers?: Record<string, string>; body: string }

const MESSAGES: Readonly<Record<number, [reason: string, message: string]>> = {
  400: ['BadRequest', 'the request is not a TokenReview or TokenRequest'],
  401: ['Unauthorized', 'Unauthorized'],
  403: [
    'Forbidden',
    'tokenreviews.authentication.k8s.io is forbidden: User "system:serviceaccount:sallyport:gate" cannot create resource ' +
      '"tokenreviews" in API group "authentication.k8s.io" at the cluster scope',
  ],
  404: ['NotFound', 'the server could not find the requested resource'],
  422: ['Invalid', 'spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes'],
}

export function fail(res: ServerResponse, failure: Failure): void {
  if (failure === 'hang') return
  if (failure === 'disconnect') return void res.destroy()
  if (typeof failure === 'object') return void res.writeHead(failure.status, failure.headers).end(failure.body)
  const [reason, message] = MESSAGES[failure] ?? ['InternalError', 'an error on the server has prevented the request']
  send(res, failure, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code: failure,
  })
}

export const send = (res: ServerResponse, status: number, body: unknown): void =>
  void res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
