import test from 'ava';
import { Durable, Errors } from '../../driver';
import { durableTest } from '../support/durable';
import { waitFor } from '../support/wait-for';

const { workflow } = Durable;

const activities = {
  greet: async (name: string) => `hello ${name}`,
  audit: async (what: string) => `audited ${what}`,
  headers: async () => Durable.activity.getContext().headers,
  refuse: async (): Promise<string> => {
    throw new Errors.DurableFatalError('refused');
  },
};
const proxy = workflow.proxyActivities<typeof activities>({ activities });

test.afterEach.always(() => Durable.clearInterceptors());

async function greeting(name: string): Promise<string> {
  await workflow.sleep(5);
  return proxy.greet(name);
}

test.serial('17: older and newer names are the same functions', (t) => {
  t.is(Durable.registerInterceptor, Durable.registerInboundInterceptor);
  t.is(Durable.registerActivityInterceptor, Durable.registerOutboundInterceptor);
  t.is(Durable.clearActivityInterceptors, Durable.clearOutboundInterceptors);
  for (const wrong of [undefined, null, {}, { execute: 'x' }]) {
    t.throws(() => Durable.registerInboundInterceptor(wrong as never), { code: 'WF104' });
  }
});

test.serial(
  '17: inbound, the first outermost, once for each start, with durable calls of their own',
  async (t) => {
    const { connection, client } = await durableTest(t);
    const order: string[] = [];
    let told = new Map<string, unknown>();
    for (const name of ['outer', 'inner']) {
      Durable.registerInboundInterceptor({
        async execute(context, next) {
          told = context;
          order.push(`${name} in`);
          await workflow.sleep(1);
          const result = await next();
          order.push(`${name} out`);
          return `${name}(${String(result)})`;
        },
      });
    }
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: greeting });
    const handle = await client.workflow.start(greeting, {
      ...{ taskQueue: 'q', workflowId: 'inbound', args: ['you'] },
      ...{ workflowTrace: '0af7651916cd43dd8448eb211c80319c', workflowSpan: 'b7ad6b7169203331' },
    });
    t.is<unknown, unknown>(await handle.result(), 'outer(inner(hello you))');
    t.deepEqual(order, ['outer in', 'inner in', 'inner out', 'outer out']);
    t.like(Object.fromEntries(told), {
      ...{ workflowId: 'inbound', workflowName: 'greeting', workflowTopic: 'q-greeting' },
      ...{ taskQueue: 'q', namespace: 'durable', canRetry: true, replay: {}, counter: 0 },
      ...{ originJobId: null, workflowTrace: '0af7651916cd43dd8448eb211c80319c' },
      ...{ workflowSpan: 'b7ad6b7169203331', raw: { data: { arguments: ['you'] } } },
    });
    const { options } = told.get('connection') as { options: object };
    t.deepEqual(options, connection.options);
    t.true(told.has('expire'));
    const { timeline } = await handle.export({ allow: ['timeline'] });
    t.deepEqual(
      timeline?.map(({ key }) => key),
      ['-sleep-1-', '-sleep-2-', '-sleep-3-', '-proxy-4-'],
    );
  },
);

test.serial('17: a function that is rebuilt runs its interceptor again, with replay', async (t) => {
  const { connection, client } = await durableTest(t);
  const replays: unknown[] = [];
  Durable.registerInterceptor({
    execute(context, next) {
      replays.push(context.get('replay'));
      return next();
    },
  });
  Durable.registerOutboundInterceptor({
    async execute(_call, _context, next) {
      await workflow.sleep(2);
      return `<${String(await next())}>`;
    },
  });
  async function waits(): Promise<unknown> {
    const greeted = await proxy.greet('a');
    return [greeted, await workflow.condition('go')];
  }
  const serve = () => Durable.Worker.create({ connection, taskQueue: 'q', workflow: waits });
  const worker = await serve();
  const handle = await client.workflow.start(waits, { taskQueue: 'q', workflowId: 'rebuilt' });
  await waitFor('the wait is recorded', async () => {
    return (await handle.export({ allow: ['timeline'] })).timeline?.length === 3;
  });
  await worker.stop();
  await serve();
  await waitFor('the function is rebuilt', () => Promise.resolve(replays.length === 2));
  await handle.signal('go', 'went');
  t.deepEqual(await handle.result(), ['<hello a>', 'went']);
  t.deepEqual(replays, [{}, { '-sleep-1-': 0.002, '-proxy-2-': 'hello a' }]);
});

test.serial('17: what an inbound interceptor throws is what the workflow throws', async (t) => {
  const { connection, client } = await durableTest(t);
  Durable.registerInboundInterceptor({
    execute: () => Promise.reject(new Errors.DurableFatalError('not today')),
  });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: greeting });
  const handle = await client.workflow.start(greeting, { taskQueue: 'q', args: ['x'] });
  await t.throwsAsync(handle.result(), { message: 'not today', code: 598 });
});

test.serial(
  '17: outbound sees results, changes args and options, and its own calls go through the chain',
  async (t) => {
    const { connection, client } = await durableTest(t);
    const seen: string[] = [];
    Durable.registerActivityInterceptor({
      async execute(call, context, next) {
        seen.push(`${call.activityName} ${String(context.get('workflowName'))}`);
        if (call.activityName === 'greet') {
          call.args[0] = `${String(call.args[0])}!`;
          await workflow.sleep(1);
          await workflow.proxyActivities<typeof activities>({ taskQueue: 'q' }).audit('greet');
        }
        call.options = { ...call.options, headers: { by: 'interceptor' } };
        const result = await next();
        return typeof result === 'string' ? `<${result}>` : result;
      },
    });
    async function calls(): Promise<unknown> {
      const both = await Promise.all([proxy.greet('you'), proxy.headers()]);
      return [...both, await proxy.refuse().catch((error: Error) => error.message)];
    }
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: calls });
    const handle = await client.workflow.start(calls, { taskQueue: 'q' });
    t.deepEqual(await handle.result(), ['<hello you!>', { by: 'interceptor' }, 'refused']);
    t.deepEqual(seen, ['greet calls', 'headers calls', 'audit calls', 'refuse calls']);
  },
);

test.serial('17: a call that is never awaited is made all the same', async (t) => {
  const { connection, client } = await durableTest(t);
  const ran: string[] = [];
  const own = { note: async (text: string) => void ran.push(text) };
  const { note } = workflow.proxyActivities<typeof own>({ activities: own });
  Durable.registerOutboundInterceptor({
    async execute(call, _context, next) {
      await workflow.sleep(20);
      return next();
    },
  });
  async function forgets(): Promise<string> {
    void note('noted');
    return 'done';
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: forgets });
  const handle = await client.workflow.start(forgets, { taskQueue: 'q' });
  t.is(await handle.result(), 'done');
  t.deepEqual(ran, ['noted']);
});

test.serial('17: activity inbound runs at the worker, around the function', async (t) => {
  const { connection, client } = await durableTest(t);
  const seen: unknown[] = [];
  Durable.registerActivityInboundInterceptor({
    async execute(activityName, args, next) {
      seen.push([activityName, args, Durable.activity.getContext().workflowId]);
      return `${String(await next())}?`;
    },
  });
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: greeting });
  const run = async (workflowId: string) =>
    (await client.workflow.start(greeting, { taskQueue: 'q', workflowId, args: ['b'] })).result();
  t.is(await run('inbound-1'), 'hello b?');
  t.deepEqual(seen, [['greet', ['b'], 'inbound-1']]);
  t.like(Durable.getInterceptorService(), { inbound: [], outbound: [] });
  Durable.clearActivityInboundInterceptors();
  t.is(await run('inbound-2'), 'hello b');
});

test.serial('17: each kind runs in its order, hooks included; clearing removes all', async (t) => {
  const { connection, client } = await durableTest(t);
  const order: string[] = [];
  const around = async (name: string, next: () => Promise<unknown>) => {
    order.push(`${name} in`);
    const result = await next();
    order.push(`${name} out`);
    return result;
  };
  for (const at of [1, 2]) {
    Durable.registerInboundInterceptor({
      execute: (context, next) => around(`${String(context.get('workflowName'))} ${at}`, next),
    });
    Durable.registerOutboundInterceptor({
      execute: (call, _context, next) => around(`call ${call.activityName} ${at}`, next),
    });
    Durable.registerActivityInboundInterceptor({
      execute: (name, _args, next) => around(`run ${name} ${at}`, next),
    });
  }
  async function hooked(info: { signal: string }): Promise<void> {
    await workflow.signal(info.signal, await proxy.greet('hook'));
  }
  async function asks(): Promise<unknown> {
    return workflow.execHook({ taskQueue: 'q', workflowName: 'hooked' });
  }
  for (const run of [hooked, asks]) {
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: run });
  }
  const result = async (workflowId: string) =>
    (await client.workflow.start(asks, { taskQueue: 'q', workflowId })).result();
  t.is(await result('intercepted'), 'hello hook');
  const nested = (names: string[]) => [
    ...names.map((name) => `${name} in`),
    ...[...names].reverse().map((name) => `${name} out`),
  ];
  const inside = (name: string) => order.filter((entry) => entry.startsWith(name));
  t.deepEqual(inside('asks'), nested(['asks 1', 'asks 2']));
  t.deepEqual(inside('hooked').slice(0, 2), ['hooked 1 in', 'hooked 2 in']);
  const calls = order.filter((entry) => /^(call|run) /.test(entry));
  const names = ['call greet 1', 'call greet 2', 'run greet 1', 'run greet 2'];
  t.deepEqual(calls, nested(names));
  Durable.clearInterceptors();
  t.deepEqual(Durable.getInterceptorService(), { inbound: [], outbound: [], activityInbound: [] });
  order.length = 0;
  t.is(await result('plain'), 'hello hook');
  t.deepEqual(order, []);
});

test.serial('17: what an interceptor of a call throws, the workflow may catch', async (t) => {
  const { connection, client } = await durableTest(t);
  Durable.registerOutboundInterceptor({
    execute: (call, _context, next) =>
      call.activityName === 'audit' ? Promise.reject(new Error('no audit')) : next(),
  });
  Durable.registerActivityInboundInterceptor({
    execute: () => Promise.reject(new Errors.DurableFatalError('not here')),
  });
  async function careful(): Promise<unknown[]> {
    const messageOf = (error: Error) => error.message;
    return [await proxy.audit('x').catch(messageOf), await proxy.greet('x').catch(messageOf)];
  }
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: careful });
  const handle = await client.workflow.start(careful, { taskQueue: 'q' });
  t.deepEqual(await handle.result(), ['no audit', 'not here']);
});
