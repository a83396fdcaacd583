import { ProxyTracerProvider, trace } from '@opentelemetry/api'
import type { Tracer } from '@opentelemetry/api'

/** Of the provider that somebody registered before us (`node --import ./otel.js`); undefined when nobody did. */
export function registeredTracer(): Tracer | undefined {
  const provider = trace.getTracerProvider()
  return provider instanceof ProxyTracerProvider
    ? provider.getDelegateTracer('sallyport')
    : provider.getTracer('sallyport')
}
