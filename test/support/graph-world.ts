import type { Kill } from './graph-ends';
import type { Values } from './graph-evaluation';
import { same } from './graph-expressions';
import type { Graph } from './graph';

/** One answer of a worker, a signal, or nothing but time. */
export interface Response {
  code: number;
  failed?: boolean;
  data?: unknown;
}

/** How the world answers a run of an activity: the same whenever it is asked. */
export type Script = (graph: string, activity: string, address: string) => Response;

/** A signal to a job, or to all of a color. */
export interface Cry {
  topic: string;
  to: unknown;
  code: number;
  v: unknown;
}

/** What jobs are judged with. */
export interface World {
  script: Script;
  graphs: Graph[];
  /** Of all jobs: whom they stopped, and what they signalled to all jobs of a color. */
  kills: Kill[];
  cries: Cry[];
}

/** What became of a job. */
export interface Verdict {
  runs: number;
  isStopped: boolean;
  /** What its activities announced: how often, and whether for good. */
  told: { emits: number; persists: number };
  dataFaults: (data: Values | null, isComplete: boolean) => string[];
  /** What is wrong, once all jobs have been looked at. */
  faults: (this: void) => string[];
}

export type Heard = Omit<Cry, 'to'>;

/** What a job says that it heard, and nobody said to it. */
export const unsaid = (heard: Heard[], cries: Cry[], names: unknown[]) =>
  heard
    .filter((each) => !names.some((to) => cries.some((cry) => same(cry, { ...each, to }))))
    .map((each) => `it heard ${JSON.stringify(each)}`);
