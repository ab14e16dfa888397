import { randomUUID } from 'node:crypto';
import type { Database } from '../database/database';
import { startTogether, startWorkflow, type StartRequest } from '../database/job-calls';

/** How many calls may be in flight before starts gather. */
const LANES = 2;
/** A call that takes longer waits for another transaction; others do not wait for it. */
const SLOW_MS = 50;
const MOST_TOGETHER = 500;
/** Longer arguments, in characters, go alone. */
const LARGEST = 65_536;

interface Waiting {
  request: StartRequest;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Starts of one process. Nobody waits for company: a start is sent at once, alone. Those that come
 * while as many calls are in flight as make sense gather, and go together with the next.
 */
export class GatheredStarts {
  private inFlight = 0;
  /** By what they have in common; of each id only one. */
  private readonly groups = new Map<string, Map<string, Waiting>>();

  constructor(
    private readonly database: Database,
    /** Starts what this process may run at once; undefined if it had better not. */
    private readonly startHere: (request: StartRequest) => Promise<void> | undefined,
  ) {}

  /** Resolves once the start is durable. */
  start(request: StartRequest): Promise<void> {
    if (this.inFlight < LANES) {
      return this.inLane(() => this.startHere(request) ?? startWorkflow(this.database, request));
    }
    const { namespace, workflow, queue, options, workflowId, args } = request;
    const key = JSON.stringify([namespace, workflow, queue, options]);
    const group = this.groups.get(key) ?? new Map<string, Waiting>();
    if (args.length > LARGEST || group.has(workflowId)) {
      return startWorkflow(this.database, request);
    }
    this.groups.set(key, group);
    return new Promise((resolve, reject) => {
      group.set(workflowId, { request, resolve, reject });
    });
  }

  private async inLane(send: () => Promise<void>): Promise<void> {
    this.inFlight += 1;
    let isInLane = true;
    const leave = () => {
      if (!isInLane) return;
      isInLane = false;
      this.inFlight -= 1;
      this.sendNext();
    };
    const timer = setTimeout(leave, SLOW_MS);
    try {
      await send();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  private sendNext(): void {
    const [oldest] = this.groups;
    if (oldest === undefined || this.inFlight >= LANES) return;
    const [key, group] = oldest;
    const together = [...group].slice(0, MOST_TOGETHER);
    for (const [id] of together) group.delete(id);
    // What is left comes after the other groups.
    this.groups.delete(key);
    if (group.size > 0) this.groups.set(key, group);
    void this.inLane(() => this.send(together.map(([, waiting]) => waiting)));
  }

  /** What cannot go together goes alone, and is told then why it fails. */
  private async send(together: Waiting[]): Promise<void> {
    const { database } = this;
    const requestId = randomUUID();
    const requests = together.map(({ request }) => request);
    const all = requests.map(({ workflowId }) => workflowId);
    const isOne = together.length === 1;
    const left = isOne ? all : await startTogether(database, requests, requestId).catch(() => all);
    const alone = new Set(left);
    const rest: Promise<void>[] = [];
    for (const { request, resolve, reject } of together) {
      if (alone.has(request.workflowId)) {
        // The same request: it may have been committed, and only its answer was lost.
        const again = { ...request, requestId };
        rest.push(startWorkflow(database, again).then(resolve, reject));
      } else resolve();
    }
    await Promise.all(rest);
  }
}
