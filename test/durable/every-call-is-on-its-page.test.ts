import test from 'ava';
import { Durable, ScheduleClient } from '../../driver/index';
import { WorkflowClient } from '../../driver/durable/client';
import { read } from '../support/files';

const page = read('driver/durable/README.md');

// The main README names these beside the newer ones.
const OLDER = ['sleepFor', 'waitFor', 'execChild', 'interrupt', 'getContext', 'didInterrupt'];

function missing(names: string[]): string[] {
  return names.filter((name) => !new RegExp(`\\b${name}\\b`).test(page));
}

function methods(of: { prototype: object }): string[] {
  return Object.getOwnPropertyNames(of.prototype).filter((name) => name !== 'constructor');
}

test('whatever a workflow can call is on the page that is about it', (t) => {
  const names = Object.keys(Durable.workflow).filter((name) => !OLDER.includes(name));
  t.true(names.length > 20);
  t.deepEqual(missing(names), []);
});

test('whatever a client and a handle can do is there as well', (t) => {
  const handle = methods(Durable.Handle).filter((name) => name !== 'workflowTopic');
  t.deepEqual(missing([...methods(WorkflowClient), ...methods(ScheduleClient), ...handle]), []);
});
