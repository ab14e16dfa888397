import test from 'ava';
import { Client } from 'pg';
import * as everything from '../../driver';
import { Durable, Types } from '../../driver';
import { durableTest } from '../support/durable';

const { ConnectorNATS, ConnectorPostgres, Connector, Enums, Errors, KeyStore, Utils } = everything;

test.serial('1: older names are the same things', (t) => {
  t.is(everything.MeshFlow, Durable);
  t.is(everything.MemFlow, Durable);
  t.is(everything.workflow, Durable.workflow);
  t.is(everything.proxyActivities, Durable.workflow.proxyActivities);
  t.is(everything.Client, Durable.Client);
  t.is(everything.Worker, Durable.Worker);
  t.is(everything.WorkflowHandle, Durable.Handle);
  t.is(Errors.MeshFlowFatalError, Errors.DurableFatalError);
  t.is(Errors.MemFlowFatalError, Errors.DurableFatalError);
  t.is(Durable.workflow.sleepFor, Durable.workflow.sleep);
  t.is(Durable.workflow.waitFor, Durable.workflow.condition);
  t.is(Durable.workflow.execChild, Durable.workflow.executeChild);
  t.is(Durable.workflow.getContext, Durable.workflow.workflowInfo);
  t.is(Durable.workflow.interrupt, Durable.workflow.terminate);
  t.is(Durable.Search, everything.Search);
  t.is(Durable.Entity, everything.Entity);
  t.is(Durable.Connection, everything.Connection);
  for (const [name, error] of Object.entries(Errors)) {
    const newer = name.replace(/^(MeshFlow|MemFlow)/, 'Durable') as keyof typeof Errors;
    if (newer !== name) t.is<unknown, unknown>(error, Errors[newer], name);
  }
  for (const name of ['HotMesh', 'Virtual', 'Escalations', 'DBA', 'Types'] as const) {
    t.true(name in everything, name);
  }
  const { SUCCESS, PENDING, ERROR } = Types.StreamStatus;
  t.deepEqual([SUCCESS, PENDING, ERROR], ['success', 'pending', 'error']);
});

test.serial('2: what Durable and HotMesh both have is the same function', (t) => {
  for (const name of [
    ...(['registerCodec', 'provisionWorkerRole', 'rotateWorkerPassword'] as const),
    ...(['revokeWorkerRole', 'listWorkerRoles', 'guid'] as const),
  ]) {
    t.is<unknown, unknown>(everything.HotMesh[name], Durable[name], name);
  }
  t.is(typeof Durable.getInterceptorService, 'function');
});

test.serial('1: enums are the codes that errors carry', (t) => {
  t.is(new Errors.DurableFatalError('x').code, Enums.HMSH_CODE_DURABLE_FATAL);
  t.is(new Errors.DurableMaxedError('x').code, Enums.HMSH_CODE_DURABLE_MAXED);
  t.is(new Errors.DurableTimeoutError('x').code, Enums.HMSH_CODE_DURABLE_TIMEOUT);
  t.is(new Errors.DurableRetryError('x').code, Enums.HMSH_CODE_DURABLE_RETRYABLE);
  t.is(new Errors.GetStateError('x').code, Enums.HMSH_CODE_NOTFOUND);
});

test.serial('1: utilities do what they are named after', async (t) => {
  t.regex(Utils.guid(), /^H[\w-]{22}$/);
  t.is(Utils.s('2 minutes'), 120);
  t.is(Utils.deterministicRandom(7), Utils.deterministicRandom(7));
  const given = { list: [1, { deep: true }] };
  t.deepEqual(Utils.deepCopy(given), given);
  t.not(Utils.deepCopy(given).list, given.list);
  t.is(await Utils.sleepFor(1), undefined);
  t.is(await Utils.sleepImmediate(), undefined);
  t.is(KeyStore.jobKey('order-456'), 'order-456');
});

test.serial('1: types are there by name', (t) => {
  const config: Partial<Types.WorkflowWorkerConfig> = { taskQueue: 'q' };
  const policy: Types.RetryPolicy = { maximumAttempts: 1 };
  const interceptor: Types.WorkflowInterceptor = { execute: (_context, next) => next() };
  const task: Types.ConditionQueueConfig = { role: 'reviewer', timeout: '1 day' };
  const options: Types.ExecutionExportOptions = { mode: 'verbose' satisfies Types.ExportMode };
  const told: Partial<Types.WorkflowExecution>[] = [{ status: 'running', events: [] }];
  const event: Types.WorkflowExecutionEvent | undefined = told[0]?.events?.[0];
  const codec: Types.PayloadCodec = { encode: (json) => json, decode: (text) => text };
  t.truthy([config, policy, interceptor, task, options, codec, event === undefined]);
  const status: Types.StreamStatus = Types.StreamStatus.PENDING;
  const code: Types.StreamCode = 202;
  const query: Types.JobStatsInput = { range: '1h', end: 'NOW' };
  const stop: Types.JobInterruptOptions = { throw: false };
  const engine: Types.HotMeshEngine = { connections: 'postgresql://localhost' };
  const hear: Types.JobMessageCallback = (topic, { data }: Types.JobOutput<Types.JobData>) =>
    [topic, data['done']] as const;
  t.truthy([status, code, query, stop, engine, hear]);
});

test.serial('1: connectors open connections that end with the rest', async (t) => {
  const { connection } = await durableTest(t);
  const connect = (id: string) => ConnectorPostgres.connect(id, Client, connection.options);
  const [one, two] = [await connect('one'), await connect('two')];
  t.deepEqual((await one.getClient().query('select 1 as n')).rows, [{ n: 1 }]);
  await t.throwsAsync(connect('one'), { code: 'WF104' });
  await one.disconnect();
  await one.disconnect();
  await t.throwsAsync(one.getClient().query('select 1'));
  await Durable.shutdown();
  await t.throwsAsync(two.getClient().query('select 1'));
  t.is((await connect('one')).id, 'one');
  await Connector.disconnectAll();
  await t.throwsAsync(ConnectorNATS.connect(), { code: 'WF104', message: /NATS/ });
  const nowhere = ConnectorPostgres.connect('no', Client, { host: '127.0.0.1', port: 1 });
  await t.throwsAsync(nowhere, { code: 'ECONNREFUSED' });
});
