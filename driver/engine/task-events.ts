import type { Database } from '../database/database';
import { escalationRows } from '../database/escalation-calls';
import { fromJson } from '../database/json-door';
import { publishEntry, readEntry, toEntry, type EscalationVerb } from '../durable/escalation-entry';
import type { EventSink } from '../events';
import { log } from '../log';
import type { Batch, PlanReport } from './report';

/** The topic of what the database itself tells of tasks. */
export const TASKS = '$task';

/** What the database tells of a task. */
export interface TaskNews {
  verb: EscalationVerb;
  task: unknown;
}

export function publishTask(sink: EventSink, { verb, task }: TaskNews): void {
  publishEntry(sink, toEntry(task), verb);
}

/** Hears what is broadcast in a space under a topic, as soon as there is a database. */
export type Hearing = (space: string, topic: string, hear: (payload: string) => void) => void;

type Call = 'ofSteps' | 'stoppedBySteps' | 'cancelledWith';

/** Where the steps that are meant are recorded, as columns; undefined where there are none. */
function placesOf({ turns }: Batch, isMeant: (plan: PlanReport) => boolean) {
  const places = turns.flatMap(({ jobId, report }) =>
    report.plans.filter(isMeant).map(({ address, position }) => ({ jobId, address, position })),
  );
  if (places.length === 0) return undefined;
  return [
    places.map(({ jobId }) => jobId),
    places.map(({ address }) => address),
    places.map(({ position }) => position),
  ];
}

/** Tells of tasks that come and go with jobs, where a client or worker of this process asked. */
export class TaskEvents {
  private readonly sinks = new Set<EventSink>();
  private readonly byNamespace = new Map<string, Set<EventSink>>();

  constructor(
    private readonly database: Database,
    private readonly hearing: Hearing,
  ) {}

  /** Nobody expires a task: its time does, in the call of some process, for all in a namespace. */
  add(sink: EventSink | undefined, namespace: string): void {
    if (sink === undefined) return;
    this.sinks.add(sink);
    const known = this.byNamespace.get(namespace);
    known?.add(sink);
    if (known !== undefined) return;
    const sinks = new Set([sink]);
    this.byNamespace.set(namespace, sinks);
    this.hearing(namespace, TASKS, (payload) => {
      const told = fromJson(payload) as TaskNews;
      for (const each of sinks) publishTask(each, told);
    });
  }

  /** What this process has committed may have published tasks, or stopped jobs that had some. */
  published(batch: Batch): void {
    if (this.sinks.size === 0) return;
    const waits = placesOf(batch, ({ kind, options }) => kind === 'wait' && options !== null);
    if (waits !== undefined) this.tell('ofSteps', waits, 'created');
    const stops = placesOf(batch, ({ kind }) => kind === 'terminate');
    if (stops !== undefined) this.tell('stoppedBySteps', stops, 'cancelled');
  }

  /** This process has stopped a job. */
  stopped(workflowId: string, namespace: string): void {
    if (this.sinks.size > 0) this.tell('cancelledWith', [workflowId, namespace], 'cancelled');
  }

  private tell(call: Call, values: unknown[], verb: EscalationVerb): void {
    escalationRows(this.database, call, values)
      .then((rows) => {
        for (const row of rows) {
          for (const sink of this.sinks) publishEntry(sink, readEntry(row), verb);
        }
      })
      .catch((error: unknown) => log('debug', 'an event could not be told', error));
  }
}
