import type { Work } from '../database/exchange';
import type { Route } from '../database/worker-calls';
import { log, type LogLevel } from '../log';
import type { Settled } from './activities';
import type { WorkflowFunction } from './run-workflow';

/** Runs a claimed activity; false: not here, somebody else is to have it. */
export type Callback = (work: Work, onSettled: Settled) => boolean;

/** One worker function of a topic. */
export interface CallbackEntry {
  run: Callback;
  /** Its instance has been stopped: it runs only what nobody else here does. */
  isLeaving: boolean;
}

type WorkflowRoute = Route & { workflow: string };

/** One worker's function for a workflow. */
interface WorkflowEntry {
  route: WorkflowRoute;
  run: WorkflowFunction;
  /** Its worker has been stopped: it runs only what is held at this moment. */
  isLeaving: boolean;
}

function key(namespace: string, queue: string, workflow: string): string {
  return `${namespace}\n${queue}\n${workflow}`;
}

/** What this process serves. */
export class Served {
  private readonly workflows = new Map<string, WorkflowEntry[]>(); // the newest last
  private readonly activityQueues = new Map<string, Set<string>>(); // by namespace
  private readonly callbacks = new Map<string, CallbackEntry[]>();
  private servesGraphs = false;
  /** A worker was stopped here, ever: most processes stop as a whole, and need not look. */
  private hasStopped = false;
  /** What was looked for last: most work is for the same workflow as the work before it. */
  private lastEntry: WorkflowEntry | undefined;

  constructor(private readonly logLevel: () => LogLevel | undefined = () => undefined) {}

  get hasTurns(): boolean {
    return this.workflows.size > 0 || this.servesGraphs;
  }

  get hasActivities(): boolean {
    return this.activityQueues.size > 0 || this.callbacks.size > 0;
  }

  addWorkflow(route: WorkflowRoute, run: WorkflowFunction): void {
    const { namespace, queue, workflow } = route;
    const id = key(namespace, queue, workflow);
    const staying = (this.workflows.get(id) ?? []).filter(({ isLeaving }) => !isLeaving);
    const known = staying.at(-1)?.run;
    if (known !== undefined && known !== run) {
      const message = `queue ${queue} has two workflows named ${workflow}; the newer one is run`;
      log('warn', message, undefined, this.logLevel());
    }
    this.workflows.set(id, [...staying, { route, run, isLeaving: false }]);
    this.lastEntry = undefined;
  }

  /** It goes if there are others; the last one stays for what is held at this moment. */
  removeWorkflow(route: Route): void {
    const { namespace, queue, workflow = '' } = route;
    const entries = this.workflows.get(key(namespace, queue, workflow)) ?? [];
    const entry = entries.find((each) => each.route === route);
    if (entry === undefined) return;
    this.hasStopped = true;
    this.lastEntry = undefined;
    entry.isLeaving = true;
    if (entries.length > 1) entries.splice(entries.indexOf(entry), 1);
  }

  /** Whether a worker of this process is there to run new jobs of the workflow. */
  takes(route: WorkflowRoute): boolean {
    return this.entryOf(route)?.isLeaving === false;
  }

  private entryOf({ namespace, queue, workflow }: WorkflowRoute): WorkflowEntry | undefined {
    const route = this.lastEntry?.route;
    const isLast = route?.workflow === workflow && route.queue === queue;
    if (isLast && route.namespace === namespace) return this.lastEntry;
    this.lastEntry = this.workflows.get(key(namespace, queue, workflow))?.at(-1);
    return this.lastEntry;
  }

  /** Work for a workflow, with the retries of its worker where the job leaves them open. */
  withDefaults(work: Work): Work {
    const policy = this.entryOf(work)?.route.retry;
    if (policy === undefined) return work;
    const own = work.options === null ? {} : (JSON.parse(work.options) as object);
    return { ...work, options: JSON.stringify({ ...policy, ...own }) };
  }

  workflowOf(work: Work): WorkflowFunction | undefined {
    return this.entryOf(work)?.run;
  }

  /** No worker of this process serves its workflow any more. */
  hasLeft(work: Work): boolean {
    return this.hasStopped && this.entryOf(work)?.isLeaving === true;
  }

  addActivities(namespace: string, queue: string): void {
    const queues = this.activityQueues.get(namespace) ?? new Set();
    this.activityQueues.set(namespace, queues.add(queue));
  }

  removeActivities(routes: Route[]): void {
    for (const { namespace, queue, workflow } of routes) {
      const queues = this.activityQueues.get(namespace);
      if (workflow === undefined && queues?.delete(queue) && queues.size === 0) {
        this.activityQueues.delete(namespace);
      }
    }
  }

  hasActivitiesOf(namespace: string, queue: string): boolean {
    return this.activityQueues.get(namespace)?.has(queue) === true;
  }

  addGraphs(): void {
    this.servesGraphs = true;
  }

  /** Beside the other functions of the topic, which take turns. */
  addCallback(namespace: string, queue: string, entry: CallbackEntry): void {
    const id = key(namespace, queue, '');
    const staying = (this.callbacks.get(id) ?? []).filter(({ isLeaving }) => !isLeaving);
    this.callbacks.set(id, [...staying, entry]);
  }

  /** It goes if there are others; the last one stays for what is claimed at this moment. */
  removeCallback(namespace: string, queue: string, entry: CallbackEntry): void {
    entry.isLeaving = true;
    const entries = this.callbacks.get(key(namespace, queue, '')) ?? [];
    if (entries.length > 1) entries.splice(entries.indexOf(entry), 1);
  }

  /** The functions of a topic, the one whose turn it is first; undefined when it has none. */
  callbacksOf({ namespace, queue }: Work): readonly CallbackEntry[] | undefined {
    if (this.callbacks.size === 0) return undefined;
    const entries = this.callbacks.get(key(namespace, queue, ''));
    if (entries !== undefined && entries.length > 1) entries.push(...entries.splice(0, 1));
    return entries;
  }
}
