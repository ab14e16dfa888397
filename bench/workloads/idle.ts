import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Child } from '../child';
import { median, quantile, shuffled } from '../measure';
import type { Result } from '../report';
import { clientOf, openOurs } from '../sides';
import type { Workload } from './workload';

const BLOCK = 20;
/** Rounds that do not count: programs and sessions that serve one call at a time warm up slowly. */
const WARM_UP = 10;

async function latencies(exchange: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < BLOCK; i += 1) {
    const started = performance.now();
    await exchange();
    found.push(performance.now() - started);
  }
  return found;
}

/**
 * The same exchange by hand: two commits, a notification each, and one read; through a queue three
 * commits and one round trip more, which a workflow makes in the tables and functions of the limit.
 */
async function byHand(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('listen bare_answer');
  let answered: (() => void) | undefined;
  client.on('notification', () => answered?.());
  const ask = { name: 'ask', text: 'select bare.ask($1, $2) as id' };
  const read = { name: 'read', text: 'select outcome from bare.request where id = $1' };
  const begin = { name: 'begin', text: 'select bare.begin_alone($1, $2)' };
  const result = { name: 'result', text: 'select outcome from bare.run where key = $1' };
  const nextAnswer = () => new Promise<void>((resolve) => (answered = resolve));
  return {
    async workflow() {
      const answer = nextAnswer();
      const key = randomUUID();
      await client.query({ ...begin, values: [key, '[1]'] });
      await answer;
      await client.query({ ...result, values: [key] });
    },
    async exchange(channel: string) {
      const answer = nextAnswer();
      const { rows } = await client.query({ ...ask, values: ['[1]', channel] });
      await answer;
      await client.query({ ...read, values: [rows[0].id] });
    },
    end: () => client.end(),
  };
}

/**
 * Start to result of one workflow at a time, while nothing else is to be done; by a process of its
 * own, and by the worker's.
 */
export const idle: Workload = async ({ server, flags }) => {
  const ours = await openOurs(server, flags);
  await ours.reset();
  await ours.drain('hello', 0);
  const limit = await server.database('limit');
  const answerer = new Child('limit/worker.mjs');
  await answerer.send('answer', { connectionString: limit.url });
  const hand = await byHand(limit.url);
  const { workflow } = clientOf(ours.database.url);
  const start = async () => {
    const shared = { taskQueue: 'bench', workflowName: 'hello' };
    const options = { ...shared, workflowId: randomUUID(), args: [1] };
    await (await workflow.start(options)).result();
  };
  const sides: Record<string, () => Promise<number[]>> = {
    ours: () => latencies(start),
    'one process': () => ours.worker.send('exchange', { flow: 'hello', count: BLOCK }),
    hand: () => latencies(() => hand.exchange('bare_ask')),
    queue: () => latencies(() => hand.exchange('bare_queue')),
    prototype: () => latencies(() => hand.workflow()),
  };
  try {
    const found: Record<string, number[]> = {};
    for (let round = -WARM_UP; round < flags.rounds * 5; round += 1) {
      for (const [name, measured] of shuffled(Object.entries(sides))) {
        const block = await measured();
        if (round >= 0) (found[name] ??= []).push(...block);
      }
    }
    const line = (against: string, q: number, bound: number, side = 'ours'): Result => {
      const [a, b] = [quantile(found[side] ?? [], q), quantile(found[against] ?? [], q)];
      const figures = { ours: a, against: b, isMet: a / b <= bound, target: `≤ ${bound} ×` };
      const where = side === 'ours' ? '' : `, ${side}`;
      return { name: `idle p${q * 100}${where} / ${against}`, unit: 'ms', ...figures };
    };
    const results = [
      line('prototype', 0.5, 2),
      line('queue', 0.5, 2),
      line('queue', 0.99, 2),
      line('hand', 0.5, 1.5),
      line('hand', 0.99, 2),
      line('hand', 0.5, 1.5, 'one process'),
      line('hand', 0.99, 2, 'one process'),
    ];
    const [first] = results;
    if (first !== undefined) first.raw = { ...found, median: median(found['ours'] ?? []) };
    return results;
  } finally {
    await hand.end();
    await ours.worker.stop();
    await answerer.stop();
  }
};
