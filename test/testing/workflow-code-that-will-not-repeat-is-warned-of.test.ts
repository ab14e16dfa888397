import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';

async function careless(): Promise<number> {
  const times = [Date.now(), new Date().getTime()];
  const more = [Date(), performance.now(), process.hrtime(), process.hrtime.bigint()];
  more.push(randomUUID(), crypto.randomUUID(), String(randomBytes(1)), String(randomInt(9)));
  crypto.getRandomValues(new Uint8Array(1));
  await new Promise((resolve) => setImmediate(resolve));
  await pause(1);
  await promisify(setImmediate)();
  for (let again = 0; again < 2; again += 1) Math.random();
  await Durable.workflow.sleep(1);
  await new Promise((resolve) => setTimeout(resolve, 1));
  return times.length;
}

const activities = { careful: async () => [Date.now(), Math.random()].length };
const { careful } = Durable.workflow.proxyActivities<typeof activities>({ activities });

async function proper(): Promise<number> {
  return (await careful()) + Math.floor(Durable.workflow.random());
}

test.serial(
  'determinism: reading the clock, chance and timers are warned of, once a place',
  async (t) => {
    const { connection, client } = await durableTest(t);
    const lines: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text: string | Uint8Array) => {
      lines.push(String(text));
      return true;
    };
    t.teardown(() => void (process.stderr.write = write));
    const options = { warnNondeterminism: true };
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: careless, options });
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: proper });
    for (const workflowId of ['a', 'b']) {
      const first = await client.workflow.start(careless, { taskQueue: 'q', workflowId });
      t.is(await first.result(), 2);
      const handle = await client.workflow.start(proper, { taskQueue: 'q' });
      t.is(await handle.result(), 2);
    }
    const warnings = lines.flatMap(
      (line) => /workflow (\w+) calls (\S+(?: Date\(\))?),/.exec(line)?.slice(1, 3).join(' ') ?? [],
    );
    t.deepEqual(warnings, [
      'careless Date.now',
      'careless new Date()',
      'careless Date()',
      'careless performance.now',
      'careless process.hrtime',
      'careless process.hrtime.bigint',
      'careless crypto.randomUUID',
      'careless crypto.randomUUID',
      'careless crypto.randomBytes',
      'careless crypto.randomInt',
      'careless crypto.getRandomValues',
      'careless setImmediate',
      'careless timers/promises.setTimeout',
      'careless timers/promises.setImmediate',
      'careless Math.random',
      'careless setTimeout',
    ]);
    t.true(lines.some((line) => line.includes('workflow-code-that-will-not-repeat')));
    t.is(typeof new Date().getTime(), 'number');
    t.true(new Date() instanceof Date);
    t.is(typeof Date(), 'string');
    t.is(process.hrtime([0, 0]).length, 2);
  },
);
