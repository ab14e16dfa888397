import { deepStrictEqual } from 'node:assert/strict';
import { Client as Postgres } from 'pg';
import { createClockedDatabase, readBroken, readWhy } from '../database/testing-calls';
import { checkName } from '../database/names';
import { Client } from '../durable/client';
import { hubFor } from '../durable/connection';
import { registerActivityWorker, Worker, type WorkflowWorkerConfig } from '../durable/worker';
import { durationMs, type Duration } from '../duration';
import { mockActivities, type ActivityFunction } from '../engine/activities';
import type { Hub } from '../engine/hub';
import { RatchetError } from '../errors';
import { checkOptions, checkSwitches, refuseOption } from '../options';
import { readHistory, type StoredHistory } from '../replay/stored-history';
import { TestClock } from './clock';
import { historyLines } from './history-lines';

export interface TestEnvironmentOptions {
  /** Connection string of a server on which a database is made. Default: an embedded Postgres. */
  server?: string;
  /** Take the place of activities of the same names, in every worker of this process. */
  activities?: Record<string, ActivityFunction>;
  /** false: no warning of workflow functions that read the clock and the like. Default true. */
  warnNondeterminism?: boolean;
}

/** The calls that a mock was given: its arguments, in order. */
export type Calls<T> = { [K in keyof T]: unknown[][] };

type WorkerOptions = Omit<WorkflowWorkerConfig, 'connection' | 'workflow' | 'taskQueue'> & {
  /** Default: the workflow's name. */
  taskQueue?: string;
  /** Further queues whose activities are served here. */
  activityQueues?: string[];
};

/** A job, by its handle or its id. */
type JobName = string | { workflowId: string };

function checkMocks(activities: unknown): void {
  if (typeof activities !== 'object' || activities === null || Array.isArray(activities)) {
    refuseOption('mock', 'activities', activities, 'Give { name: function }.');
  }
  for (const [name, mock] of Object.entries(activities)) {
    if (typeof mock !== 'function') refuseOption('mock', name, mock, 'Give a function.');
  }
}

/** Of a function, or of the last of an object, as a worker takes them. */
function workflowName(workflow: unknown): string {
  const isObject = typeof workflow === 'object' && workflow !== null;
  const [key, run] = isObject ? (Object.entries(workflow).at(-1) ?? []) : ['', workflow];
  const name = isObject ? key : (run as { name?: string } | undefined)?.name;
  if (typeof run === 'function' && name !== undefined && name !== '') return name;
  return refuseOption(
    'worker',
    'workflow',
    workflow,
    'Give a named function, or { name: function }.',
  );
}

function checkServer(server: unknown): void {
  const isUrl = typeof server === 'string' && URL.canParse(server);
  if (server === undefined || isUrl) return;
  refuseOption('testEnvironment', 'server', server, 'Give a URL: postgres://user@host:5432/db.');
}

/** A database of its own, workers in this process, and a clock that skips what nobody needs. */
export class TestEnvironment {
  readonly client: Client;
  private readonly hub: Hub;
  private readonly clock: TestClock;
  private readonly restore: (() => void)[] = [];
  /** Everything but the database. */
  private ended: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;

  /** @internal */
  constructor(
    readonly connection: { class: unknown; options: { connectionString: string } },
    private readonly drop: () => Promise<void>,
    warnNondeterminism: boolean,
  ) {
    this.hub = hubFor(connection, { install: false, warnNondeterminism });
    this.client = new Client({ connection });
    this.clock = new TestClock(this.hub);
  }

  /** Serves a workflow, and the activities of its queue and of `activityQueues`. */
  async worker(
    workflow: WorkflowWorkerConfig['workflow'],
    options: WorkerOptions = {},
  ): Promise<Worker> {
    this.checkAlive();
    const known = ['taskQueue', 'activityQueues', 'activities', 'namespace', 'options'];
    checkOptions(options, known, 'worker');
    const { activityQueues = [], ...config } = options;
    if (!Array.isArray(activityQueues)) {
      refuseOption('worker', 'activityQueues', activityQueues, 'Give an array of names.');
    }
    const taskQueue = config.taskQueue ?? workflowName(workflow);
    const { connection } = this;
    for (const queue of activityQueues) {
      await registerActivityWorker({ connection, ...config, taskQueue: queue }, {});
    }
    return Worker.create({ connection, ...config, taskQueue, workflow });
  }

  /**
   * Puts functions in the place of activities of the same names until the environment stops.
   *
   * @example
   * const calls = env.mock({ charge: async () => 'receipt' });
   * // … calls.charge is [['order-1', 995]]
   */
  mock<T extends Record<string, ActivityFunction>>(activities: T): Calls<T> {
    this.checkAlive();
    checkMocks(activities);
    const calls = {} as Calls<T>;
    const mocks = Object.entries(activities).map(([name, mock]) => {
      const list: unknown[][] = [];
      Object.assign(calls, { [name]: list });
      const recorded = (...args: never[]) => {
        list.push(args);
        return mock(...args);
      };
      return [name, recorded] as const;
    });
    this.restore.push(mockActivities(Object.fromEntries(mocks)));
    return calls;
  }

  /** The time as the engine sees it. */
  async now(): Promise<Date> {
    await this.ready();
    return new Date(await this.clock.now());
  }

  /** Lets time pass; whatever becomes due meanwhile happens, in order. */
  async sleep(duration: Duration): Promise<void> {
    await this.ready();
    await this.clock.pass(durationMs(duration, 'duration'));
  }

  /** Resolves when nothing can go on unless time passes or something comes from outside. */
  async idle(): Promise<void> {
    await this.ready();
    await this.clock.idle();
  }

  /** What every running job waits for, a line each. */
  async why(): Promise<string[]> {
    await this.ready();
    return readWhy(this.hub.database);
  }

  /** The history of a job, as `replay` takes it. */
  async history(job: JobName, namespace = 'durable'): Promise<StoredHistory> {
    await this.ready();
    const given = typeof job === 'object' && job !== null ? job.workflowId : job;
    const workflowId = checkName(given, 'workflowId');
    return readHistory(this.hub.database, workflowId, checkName(namespace, 'namespace'));
  }

  /**
   * Throws an AssertionError unless the job has made just these calls, in this order: those of the
   * function, generation after generation (`continue` ends one), then those of each hook, behind
   * its number. Reads and writes of search data and entities stand where their object was asked
   * for; patches and `waitUntilCancelled` are no calls.
   *
   * @example
   * await env.assertHistory(handle, ['activity charge', 'sleep', 'wait approval open']);
   * await env.assertHistory(other, ['hook review', 'continue', 'search.set', 'hook 1: sleep']);
   */
  async assertHistory(job: JobName, expected: string[], namespace = 'durable'): Promise<void> {
    if (!Array.isArray(expected)) {
      refuseOption('assertHistory', 'expected', expected, 'Give an array of lines.');
    }
    const { steps } = await this.history(job, namespace);
    deepStrictEqual(historyLines(steps), expected);
  }

  private checkAlive(): void {
    if (this.ended === undefined) return;
    throw new RatchetError('WF303', 'The test environment has been stopped.', {
      hint: 'Stop it when the test is over, or make another: await testEnvironment().',
    });
  }

  private async ready(): Promise<void> {
    this.checkAlive();
    await this.hub.prepare();
  }

  /**
   * Stops everything, removes the database, and throws if a rule of the engine does not hold. Where
   * the database could not be removed, call it again.
   */
  stop(): Promise<void> {
    this.ended ??= this.end();
    return (this.stopping ??= this.remove(this.ended));
  }

  private async end(): Promise<void> {
    for (const restore of this.restore.splice(0)) restore();
    const broken = await this.leave().finally(() => this.hub.close(0));
    if (broken.length === 0) return;
    throw new RatchetError('WF901', 'Rules of the engine do not hold.', { detail: { broken } });
  }

  private async leave(): Promise<string[]> {
    await this.clock.stop();
    await this.hub.prepare();
    await this.hub.stopWorker(5_000);
    return readBroken(this.hub.database);
  }

  /** Whatever has failed before: nobody else knows of the database. */
  private async remove(ended: Promise<void>): Promise<void> {
    try {
      await ended;
    } finally {
      await this.drop().catch((error: unknown) => {
        this.stopping = undefined;
        throw error;
      });
    }
  }
}

/**
 * A database of its own with the engine in it, and a clock that skips ahead when nothing else can
 * run: while a result is awaited, or in `env.sleep`, a workflow of 30 days takes milliseconds.
 * Works in any test runner; workers must run in the process of the test.
 *
 * @example
 * const env = await testEnvironment({ activities: { charge: async () => 'receipt' } });
 * await env.worker(order);
 * const handle = await env.client.workflow.start(order, { taskQueue: 'order', args: ['1'] });
 * assert.equal(await handle.result(), 'receipt');
 * await env.stop();
 */
export async function testEnvironment(
  options: TestEnvironmentOptions = {},
): Promise<TestEnvironment> {
  const known = ['server', 'activities', 'warnNondeterminism'];
  checkOptions(options, known, 'testEnvironment');
  checkServer(options.server);
  checkSwitches(options, ['warnNondeterminism'], 'testEnvironment');
  if (options.activities !== undefined) checkMocks(options.activities);
  const { connectionString, drop } = await createClockedDatabase(options.server);
  const connection = { class: Postgres, options: { connectionString } };
  const env = new TestEnvironment(connection, drop, options.warnNondeterminism ?? true);
  if (options.activities !== undefined) env.mock(options.activities);
  return env;
}
