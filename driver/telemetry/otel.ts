import { createRequire } from 'node:module';
import { log } from '../log';

// The part of @opentelemetry/api that is used. The package is an optional peer, so its own types
// may be missing where this is compiled.

export interface SpanContext {
  traceId: string;
  spanId: string;
  traceFlags: number;
  isRemote?: boolean;
}

export type Attributes = Record<string, string | number | boolean>;

export interface Span {
  spanContext(): SpanContext;
  setStatus(status: { code: number; message?: string }): unknown;
  setAttributes(attributes: Attributes): unknown;
  end(): void;
}

/** Opaque: what the API hands out and takes back. */
export type OtelContext = object;

interface Instrument {
  add(value: number, attributes?: Attributes): void;
}

interface Histogram {
  record(value: number, attributes?: Attributes): void;
}

interface Described {
  description: string;
  unit: string;
}

export interface Meter {
  createCounter(name: string, options: Described): Instrument;
  createHistogram(name: string, options: Described): Histogram;
}

interface SpanOptions {
  attributes: Attributes;
  /** A number of SpanKind; internal when absent. */
  kind?: number;
}

export interface Tracer {
  startSpan(name: string, options: SpanOptions, context: OtelContext): Span;
}

export interface Otel {
  ROOT_CONTEXT: OtelContext;
  context: {
    active(): OtelContext;
    with<T>(context: OtelContext, run: () => T): T;
  };
  trace: {
    getTracer(name: string, version: string): Tracer;
    getSpan(context: OtelContext): Span | undefined;
    setSpan(context: OtelContext, span: Span): OtelContext;
    setSpanContext(context: OtelContext, spanContext: SpanContext): OtelContext;
  };
  metrics: { getMeter(name: string, version: string): Meter };
}

/** The API of the application, if it has one. Without an SDK all of it does nothing. */
export function loadOtel(): Otel | undefined {
  try {
    return createRequire(__filename)('@opentelemetry/api') as Otel;
  } catch (error) {
    log('warn', 'HMSH_TELEMETRY is set, and @opentelemetry/api cannot be loaded', error);
    return undefined;
  }
}
