// The process that test/support/worker-process.ts forks: serves what it is told to, until it is
// told to stop or its parent is gone.
import { Client } from 'pg';
import { Durable, type WorkerOptions } from '../../driver';
import { blockEventLoop } from './block';
import { armCrash, exchangeCount, type CrashPoint } from './crash-point';
import { activities, workflows, type WorkflowName } from './shapes';

export type ToWorker =
  | { kind: 'serve'; queue: string; workflows: WorkflowName[] }
  | { kind: 'start'; workflow: WorkflowName; id: string; queue: string; args: unknown[] }
  | { kind: 'arm'; crash?: CrashPoint }
  | { kind: 'count' }
  | { kind: 'block'; milliseconds: number }
  | { kind: 'shutdown' };

export type FromWorker = { kind: 'up' } | { kind: 'done'; value?: number };

export interface WorkerSettings {
  url: string;
  name: string;
  options: WorkerOptions;
}

const settings = JSON.parse(process.argv[2] ?? '{}') as WorkerSettings;
const connection = {
  class: Client,
  options: { connectionString: settings.url, application_name: settings.name },
};
const shared = { connection, options: { install: false, ...settings.options } };

async function serve(queue: string, names: WorkflowName[]): Promise<void> {
  await Durable.registerActivityWorker({ ...shared, taskQueue: queue }, activities);
  for (const name of names) {
    await Durable.Worker.create({ ...shared, taskQueue: queue, workflow: workflows[name] });
  }
}

async function start(workflowName: string, workflowId: string, taskQueue: string, args: unknown[]) {
  const { workflow } = new Durable.Client({ connection, install: false });
  await workflow.start({ workflowName, workflowId, taskQueue, args });
}

async function obey(message: ToWorker): Promise<number | undefined> {
  switch (message.kind) {
    case 'serve':
      await serve(message.queue, message.workflows);
      return undefined;
    case 'start':
      await start(message.workflow, message.id, message.queue, message.args);
      return undefined;
    case 'arm':
      armCrash(message.crash);
      return undefined;
    case 'count':
      return exchangeCount();
    case 'block':
      blockEventLoop(message.milliseconds);
      return undefined;
    case 'shutdown':
      await Durable.shutdown();
      return undefined;
  }
}

function end(): void {
  process.exit(0);
}

function tell(message: FromWorker): void {
  process.send?.(message);
}

process.on('message', (message: ToWorker) => {
  void obey(message).then((value) => {
    tell(value === undefined ? { kind: 'done' } : { kind: 'done', value });
    if (message.kind !== 'shutdown') return;
    // What was shut down keeps no process alive: nothing else ends this one.
    process.off('disconnect', end);
    process.disconnect();
  });
});
process.on('disconnect', end);
tell({ kind: 'up' });
