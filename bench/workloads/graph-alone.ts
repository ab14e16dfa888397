import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import { APP, PASSES } from '../graphs';
import { interleaved, median, quantile, spreadOf } from '../measure';
import { graphDatabase } from '../mesh';
import type { Result } from '../report';
import { emptyOurs, one } from '../sides';
import type { Workload } from './workload';

const BLOCK = 20;

/** Milliseconds that a block of calls took, each. */
async function timed(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const started = performance.now();
    await call();
    found.push(performance.now() - started);
  }
  return found;
}

const publish = (client: Client, topic: string) => () =>
  client.query({
    ...{ name: 'publish', text: 'select ratchet.publish($1, $2, $3)' },
    values: [topic, '{"x": 1}', APP],
  });

/** Blocks of two calls, in turns, after one block each that does not count; all times of each. */
async function compared(
  rounds: number,
  ours: () => Promise<unknown>,
  other: () => Promise<unknown>,
) {
  const sides = { ours: () => timed(BLOCK, ours), other: () => timed(BLOCK, other) };
  await interleaved(1, sides);
  const raw = await interleaved(rounds * 5, sides);
  return { ours: (raw['ours'] ?? []).flat(), other: (raw['other'] ?? []).flat() };
}

/** Ten steps without workers: over when publish returns, on one connection. */
export const graphPublish: Workload = async ({ server, flags }) => {
  const { client } = await graphDatabase(server);
  const limit = await server.database('limit');
  await emptyOurs(client);
  const insert = { name: 'row', text: 'insert into bare.row (key, args) values ($1, $2)' };
  const raw = await compared(flags.rounds, publish(client, 'plain10'), () =>
    limit.client.query({ ...insert, values: [randomUUID(), '[1]'] }),
  );
  const open = await one<number>(
    client,
    'select count(*)::int from ratchet.jobs where status <> 0',
  );
  if (open > 0) throw new Error(`${open} jobs have not ended`);
  const perSecond = (all: number[]) => (1_000 * all.length) / all.reduce((sum, ms) => sum + ms, 0);
  const rates = { ours: perSecond(raw.ours), against: perSecond(raw.other) };
  const [ours, against] = [median(raw.ours), median(raw.other)];
  const notes = [
    `p99 ${quantile(raw.ours, 0.99).toFixed(2)} ms`,
    'limit: a one-row insert with its commit',
  ];
  return [
    {
      name: 'graphPublish rate',
      unit: 'jobs/s',
      ...rates,
      target: '≥ 1,000',
      isMet: rates.ours >= 1_000,
    },
    {
      name: 'graphPublish p50',
      unit: 'ms',
      ours,
      against,
      target: '< 2',
      isMet: ours < 2,
      notes,
      raw,
    },
  ];
};

/** One job with 1,000 passes of a loop: what a call leaves over, the next goes on with. */
export const graphCycle: Workload = async ({ server, flags }) => {
  const { client } = await graphDatabase(server);
  const rates: number[] = [];
  for (let round = -1; round < flags.rounds; round += 1) {
    await emptyOurs(client);
    const [milliseconds = NaN] = await timed(1, async () => {
      await publish(client, 'loop')();
      while ((await one<number>(client, 'select max(status) from ratchet.jobs')) > 0) {
        await client.query('select ratchet.run_graphs($1)', [APP]);
      }
    });
    const passes = await one<number>(
      client,
      `select count(*)::int from ratchet.jobs_attributes where kind = 'hook'`,
    );
    if (passes !== PASSES) throw new Error(`${passes} of ${PASSES} passes`);
    if (round >= 0) rates.push((PASSES / milliseconds) * 1_000);
  }
  return [
    {
      name: 'graphCycle',
      unit: 'passes/s',
      ...{ ours: median(rates), oursSpread: spreadOf(rates), raw: rates },
    },
  ];
};

/** A map with 50 pipe expressions, beside one with 50 plain references. */
export const graphMap: Workload = async ({ server, flags }) => {
  const { client } = await graphDatabase(server);
  await emptyOurs(client);
  const raw = await compared(flags.rounds, publish(client, 'pipes50'), publish(client, 'paths50'));
  const [ours, against] = [median(raw.ours), median(raw.other)];
  const each = ((ours - against) / 50) * 1_000;
  const notes = [`${each.toFixed(0)} µs an expression; against: 50 plain references`];
  const result: Result = { name: 'graphMap', unit: 'ms', ours, against, notes, raw };
  return [result];
};
