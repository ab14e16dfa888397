import type { Database } from '../database/database';
import { escalationRows } from '../database/escalation-calls';
import { publishEntry, readEntry, type EscalationVerb } from '../durable/escalation-entry';
import type { EventSink } from '../events';
import { log } from '../log';
import type { Batch, PlanReport } from './report';

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

  constructor(private readonly database: Database) {}

  add(sink: EventSink | undefined): void {
    if (sink !== undefined) this.sinks.add(sink);
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
