import { packageVersion } from '../database/package';
import { createMetrics, type Metrics } from './metrics';
import { loadOtel, type Otel, type Tracer } from './otel';

export interface Telemetry {
  otel: Otel;
  tracer: Tracer;
  metrics: Metrics;
  /** Also a span for each durable call and each answer. */
  isDebug: boolean;
}

const NAME = 'pgratchet';
const LEVELS: Record<string, 'info' | 'debug'> = { true: 'info', info: 'info', debug: 'debug' };

let active: Telemetry | undefined;
let isDecided = false;

/**
 * Decides, once for the process, when it first names a database: with HMSH_TELEMETRY `true`,
 * `info` or `debug`, and where @opentelemetry/api can be loaded.
 */
export function startTelemetry(): void {
  if (isDecided) return;
  isDecided = true;
  const level = LEVELS[process.env['HMSH_TELEMETRY'] ?? ''];
  const otel = level === undefined ? undefined : loadOtel();
  if (otel === undefined) return;
  active = {
    otel,
    tracer: otel.trace.getTracer(NAME, packageVersion),
    metrics: createMetrics(otel.metrics.getMeter(NAME, packageVersion)),
    isDebug: level === 'debug',
  };
}

/** Undefined unless it was asked for: who calls this on a hot path pays for one comparison. */
export function telemetry(): Telemetry | undefined {
  return active;
}
