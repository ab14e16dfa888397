import test from 'ava';
import { Durable, Errors } from '../../driver';
import { AT_ONCE, durableTest } from '../support/durable';

const { workflow } = Durable;
const executions = new Map<string, number>();

function count(name: string): number {
  const executed = (executions.get(name) ?? 0) + 1;
  executions.set(name, executed);
  return executed;
}

const activities = {
  async failing(name: string, times: number) {
    if (count(name) <= times) throw new Error(`${name} failed`);
    return executions.get(name) ?? 0;
  },
  async fatal(name: string): Promise<string> {
    count(name);
    throw new Errors.DurableFatalError('never again');
  },
  async odd(name: string): Promise<string> {
    count(name);
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  },
  async slow() {
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  },
};

function proxy(maximumAttempts: number, taskQueue: string, more: object = {}) {
  const retry = { ...AT_ONCE, maximumAttempts, ...more };
  return workflow.proxyActivities<typeof activities>({ retry, taskQueue });
}

async function retried(name: string, times: number, attempts: number, queue: string) {
  try {
    return await proxy(attempts, queue).failing(name, times);
  } catch (error) {
    const { message, code, type } = error as Errors.DurableFatalError;
    return { message, code, type, isInterrupt: Durable.didInterrupt(error) };
  }
}

async function finalErrors(queue: string) {
  const caught = async (call: Promise<unknown>) => {
    try {
      return await call;
    } catch (error) {
      return (error as { code: number }).code;
    }
  };
  const quick = workflow.proxyActivities<typeof activities>({
    ...{ taskQueue: queue, startToCloseTimeout: '50ms', retry: AT_ONCE },
  });
  return [
    await caught(proxy(3, queue).fatal(`fatal ${queue}`)),
    await caught(quick.slow()),
    await caught(proxy(1, queue).odd(`odd ${queue}`)),
    await caught(proxy(1, queue, { throwOnError: false }).odd(`returned ${queue}`)),
  ];
}

for (const queue of ['local', 'remote']) {
  test.serial(`maximumAttempts counts retries: ${queue}`, async (t) => {
    const { connection, client } = await durableTest(t);
    await Durable.Worker.create({ connection, taskQueue: 'local', workflow: retried, activities });
    await Durable.registerActivityWorker({ connection, taskQueue: 'remote' }, activities);
    const run = async (name: string, times: number, attempts: number) => {
      const args: [string, number, number, string] = [`${name} ${queue}`, times, attempts, queue];
      return (await client.workflow.start(retried, { taskQueue: 'local', args })).result();
    };
    t.is(await run('third', 2, 2), 3);
    t.deepEqual(await run('never', 9, 2), {
      message: `never ${queue} failed`,
      ...{ code: 598, type: 'DurableFatalError', isInterrupt: true },
    });
    t.is(executions.get(`never ${queue}`), 3);
    t.is(((await run('once', 9, 0)) as { code: number }).code, 598);
    t.is(executions.get(`once ${queue}`), 1);
  });

  test.serial(`typed errors and timeouts are final: ${queue}`, async (t) => {
    const { connection, client } = await durableTest(t);
    const taskQueue = 'local';
    await Durable.Worker.create({ connection, taskQueue, workflow: finalErrors, activities });
    await Durable.registerActivityWorker({ connection, taskQueue: 'remote' }, activities);
    const handle = await client.workflow.start(finalErrors, { taskQueue, args: [queue] });
    const [fatal, slow, odd, returned] = await handle.result();
    t.deepEqual([fatal, slow, odd], [598, 596, 598]);
    t.like(returned, { message: 'connect ECONNREFUSED', code: 599 });
    t.is(executions.get(`fatal ${queue}`), 1);
    t.is(executions.get(`odd ${queue}`), 2);
  });
}

test.serial('an activity nobody has registered fails with its name', async (t) => {
  const { connection, client } = await durableTest(t);
  async function lost() {
    const proxies = workflow.proxyActivities({ retry: { ...AT_ONCE, maximumAttempts: 1 } });
    return proxies['nowhere']?.();
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: lost });
  const handle = await client.workflow.start(lost, { taskQueue: 'q' });
  const message = "Activity 'nowhere' not found in registry";
  await t.throwsAsync(handle.result(), { message, code: 598 } as object);
});
