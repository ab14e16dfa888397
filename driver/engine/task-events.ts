import type { Database } from '../database/database';
import { escalationRows } from '../database/escalation-calls';
import { publishEntry, readEntry, type EscalationVerb } from '../durable/escalation-entry';
import type { EventSink } from '../events';
import { log } from '../log';
import type { Batch } from './report';

/** Tells of tasks that come and go with jobs, where a client or worker of this process asked. */
export class TaskEvents {
  private readonly sinks = new Set<EventSink>();

  constructor(private readonly database: Database) {}

  add(sink: EventSink | undefined): void {
    if (sink !== undefined) this.sinks.add(sink);
  }

  /** What this process has committed may have published tasks. */
  published({ turns }: Batch): void {
    if (this.sinks.size === 0) return;
    const waits = turns.flatMap(({ jobId, report }) =>
      report.plans
        .filter(({ kind, options }) => kind === 'wait' && options !== null)
        .map(({ address, position }) => ({ jobId, address, position })),
    );
    if (waits.length === 0) return;
    const columns = [
      waits.map(({ jobId }) => jobId),
      waits.map(({ address }) => address),
      waits.map(({ position }) => position),
    ];
    this.tell('ofSteps', columns, 'created');
  }

  /** This process has stopped a job. */
  stopped(workflowId: string, namespace: string): void {
    if (this.sinks.size > 0) this.tell('cancelledWith', [workflowId, namespace], 'cancelled');
  }

  private tell(call: 'ofSteps' | 'cancelledWith', values: unknown[], verb: EscalationVerb): void {
    escalationRows(this.database, call, values)
      .then((rows) => {
        for (const row of rows) {
          for (const sink of this.sinks) publishEntry(sink, readEntry(row), verb);
        }
      })
      .catch((error: unknown) => log('debug', 'an event could not be told', error));
  }
}
