import test from 'ava';
import { Durable } from '../../driver';
import { durableTest } from '../support/durable';

const NAMES = [
  'HMSH_BLOCK_TIME_MS',
  'HMSH_RESERVATION_TIMEOUT_S',
  'HMSH_FIDELITY_SECONDS',
] as const;

async function naps(): Promise<number> {
  return Durable.workflow.sleep('20 milliseconds');
}

test.serial('22: HMSH_RESERVATION_TIMEOUT_S is the lease of workers that do not say', async (t) => {
  t.teardown(() => NAMES.forEach((name) => delete process.env[name]));
  const { connection, pool } = await durableTest(t);
  const leaseOf = async (given: string | undefined, options: object = {}) => {
    if (given === undefined) delete process.env['HMSH_RESERVATION_TIMEOUT_S'];
    else process.env['HMSH_RESERVATION_TIMEOUT_S'] = given;
    await Durable.shutdown();
    await Durable.Worker.create({ connection, taskQueue: 'q', workflow: naps, options });
    const text = `select lease_seconds as lease from ratchet_internal.workers
      order by id desc limit 1`;
    return (await pool.query<{ lease: number }>(text)).rows[0]?.lease;
  };
  t.is(await leaseOf(undefined), 30);
  t.is(await leaseOf('90'), 90);
  t.is(await leaseOf('90', { leaseSeconds: 40 }), 40);
  t.is(await leaseOf('90', { leaseSeconds: 7.5 }), 8, 'in whole seconds');
  t.is(await leaseOf('soon'), 30, 'a warning says so');
  t.is(await leaseOf('0'), 30);
});

/** The lines written to stderr while something goes on. */
async function linesOf(run: () => Promise<unknown>): Promise<string[]> {
  const lines: string[] = [];
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (line: string | Uint8Array) => lines.push(String(line)) > 0;
  try {
    await run();
  } finally {
    process.stderr.write = write;
  }
  return lines.map((line) => (JSON.parse(line) as { message: string }).message);
}

test.serial('22: what a worker and its workflows log is from its own level upwards', async (t) => {
  t.teardown(() => delete process.env['HMSH_LOGLEVEL']);
  const { connection } = await durableTest(t);
  const tracing = () => Durable.workflow.trace({ size: 3 });
  const loggedAt = async (logLevel: 'debug' | 'silent' | undefined, general: string) => {
    process.env['HMSH_LOGLEVEL'] = general;
    await Durable.shutdown();
    const options = logLevel === undefined ? {} : { logLevel };
    return linesOf(async () => {
      for (const twice of [tracing, () => tracing()]) {
        const workflow = { tracing: twice };
        await Durable.Worker.create({ connection, taskQueue: 'q', workflow, options });
      }
      const start = { taskQueue: 'q', workflowName: 'tracing', workflowId: general };
      await (await new Durable.Client({ connection }).workflow.start(start)).result();
    });
  };
  const twice = 'queue q has two workflows named tracing; the newer one is run';
  const traced = (id: string) => `trace of ${id}: {"size":3}`;
  t.deepEqual(await loggedAt('debug', 'silent'), [twice, traced('silent')]);
  t.deepEqual(await loggedAt('silent', 'debug'), []);
  t.deepEqual(await loggedAt(undefined, 'info'), [twice]);
});

test.serial('22, 25: timers fire on time, whatever HMSH_FIDELITY_SECONDS says', async (t) => {
  t.teardown(() => NAMES.forEach((name) => delete process.env[name]));
  process.env['HMSH_FIDELITY_SECONDS'] = '3600';
  process.env['HMSH_BLOCK_TIME_MS'] = '200';
  const { connection, client } = await durableTest(t);
  const options = { notifications: false };
  await Durable.Worker.create({ connection, taskQueue: 'q', workflow: naps, options });
  const handle = await client.workflow.start(naps, { taskQueue: 'q' });
  t.is(await handle.result(), 0.02);
});
