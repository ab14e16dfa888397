import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { Child } from '../child';
import { median, quantile, shuffled } from '../measure';
import type { Result } from '../report';
import { clientOf, openOurs } from '../sides';
import type { Workload } from './workload';

const BLOCK = 20;

async function latencies(exchange: () => Promise<unknown>): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < BLOCK; i += 1) {
    const started = performance.now();
    await exchange();
    found.push(performance.now() - started);
  }
  return found;
}

/** The same exchange by hand: two commits, a notification each, and one read. */
async function byHand(url: string) {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('listen bare_answer');
  let answered: (() => void) | undefined;
  client.on('notification', () => answered?.());
  const ask = { name: 'ask', text: 'select bare.ask($1) as id' };
  const read = { name: 'read', text: 'select outcome from bare.request where id = $1' };
  return {
    async exchange() {
      const answer = new Promise<void>((resolve) => (answered = resolve));
      const { rows } = await client.query({ ...ask, values: ['[1]'] });
      await answer;
      await client.query({ ...read, values: [rows[0].id] });
    },
    end: () => client.end(),
  };
}

/** Start to result of one workflow at a time, while nothing else is to be done. */
export const idle: Workload = async ({ server, flags }) => {
  const ours = await openOurs(server, flags);
  await ours.reset();
  await ours.drain('hello', 0);
  const limit = await server.database('limit');
  const answerer = new Child('limit/worker.mjs');
  await answerer.send('answer', { connectionString: limit.url });
  const hand = await byHand(limit.url);
  const { workflow } = clientOf(ours.database.url);
  const sides: Record<string, () => Promise<unknown>> = {
    ours: async () => {
      const shared = { taskQueue: 'bench', workflowName: 'hello' };
      const options = { ...shared, workflowId: randomUUID(), args: [1] };
      await (await workflow.start(options)).result();
    },
    hand: () => hand.exchange(),
  };
  try {
    const found: Record<string, number[]> = { ours: [], hand: [] };
    for (let round = -1; round < flags.rounds * 5; round += 1) {
      for (const [name, exchange] of shuffled(Object.entries(sides))) {
        const block = await latencies(exchange);
        if (round >= 0) found[name]?.push(...block);
      }
    }
    const line = (q: number, bound: number, target: string): Result => {
      const [a, b] = [quantile(found['ours'] ?? [], q), quantile(found['hand'] ?? [], q)];
      const isMet = a / b <= bound;
      return { name: `idle p${q * 100}`, unit: 'ms', ours: a, against: b, target, isMet };
    };
    const results = [line(0.5, 2, '< 2 × by hand'), line(0.95, 2, ''), line(0.99, 2, '< 2 ×')];
    delete results[1]?.isMet;
    const [first] = results;
    if (first !== undefined) first.raw = { ...found, median: median(found['ours'] ?? []) };
    return results;
  } finally {
    await hand.end();
    await ours.worker.stop();
    await answerer.stop();
  }
};
