/** How a job is stopped. */
export interface InterruptOptions {
  /** false: no error is stored, and those who wait get the state so far. Default true. */
  throw?: boolean;
  /** Default `job [<id>] interrupted`. */
  reason?: string;
  /** Default 410. */
  code?: number;
  stack?: string;
  /** Seconds for which the job is kept. Default 1. */
  expire?: number;
  /** true: no error when the job is unknown or finished. Default false. */
  suppress?: boolean;
  /** Accepted, without effect: children go on. */
  descend?: boolean;
}

/** Which jobs of a topic statistics are about. */
export interface StatsQuery {
  data?: Record<string, unknown>;
  start?: string;
  end?: string;
  range?: string;
  sparse?: boolean;
  scrub?: boolean;
}

export interface ExportOptions {
  /** Adds the activities in the order in which they ran, with what they were given. */
  enrich_inputs?: boolean;
}

export interface JobExport {
  dependencies: unknown[];
  /** The semaphore, as text. */
  status: string;
  /** Activities by address, as nested keys; the job under $ and its topic. */
  process: Record<string, unknown>;
  activities?: ExportedActivity[];
}

export interface ExportedActivity {
  name: string;
  type: string;
  /** `0/1/0` */
  dimension: string;
  input: unknown;
  output: unknown;
  started_at: string;
  completed_at: string | null;
  duration_ms: number | null;
  retry_attempt: number;
  cycle_iteration: number;
  error: unknown;
}

export interface Measure {
  /** `name:value` */
  target: string;
  type: string;
  value: number;
}

export interface StatsResponse {
  key: string;
  granularity: string;
  range: string | null;
  end: string | null;
  count: number;
  measures: Measure[];
  segments?: { time: string; count: number; measures: Measure[] }[];
}

export interface IdMeasure {
  type: 'ids';
  target: string;
  time: string;
  count: number;
  ids: string[];
}

export interface IdsResponse {
  key: string;
  facets: string[];
  granularity: string;
  range: string | null;
  start: string | null;
  counts: { facet: string; count: number }[];
  segments: { time: string; measures: IdMeasure[] }[];
}
