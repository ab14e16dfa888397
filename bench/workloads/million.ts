import { setTimeout as pause } from 'node:timers/promises';
import { interleaved, median, seconds, spreadOf } from '../measure';
import type { Result } from '../report';
import { one, openLimit, openOurs } from '../sides';
import type { Workload } from './workload';

const LISTS = `array_agg('million-' || x), array_agg(json_build_array(x))
  from generate_series(1, $1::int) as x`;
const OURS = `select ratchet.start_workflows('hello', ids, args, 'bench')
  from (select ${LISTS}) as given (ids, args)`;
const LIMIT = `select bare.start('hello', ids, args) from (select ${LISTS}) as given (ids, args)`;

/** A million starts in one statement, while a worker of the queue is idle and has to be woken. */
export const million: Workload = async ({ server, flags }) => {
  const [ours, limit] = [await openOurs(server, flags), await openLimit(server, flags)];
  const count = flags.isQuick ? 50_000 : 1_000_000;
  const notified: number[] = [];
  const startOurs = async (jobs: number) => {
    const { client, meter } = ours.database;
    await ours.reset();
    await ours.drain('hello', 0);
    while (!(await one(client, 'select coalesce(bool_or(is_idle), false) from ratchet.workers'))) {
      await pause(5);
    }
    const before = await meter.read();
    const elapsed = await seconds(() => client.query(OURS, [jobs]));
    await meter.read(); // what the statement has notified is heard by then
    const after = await meter.read();
    notified.push((after.notifies ?? NaN) - (before.notifies ?? NaN));
    await ours.worker.send('rest');
    return jobs / elapsed;
  };
  const startLimit = async (jobs: number) => {
    await limit.reset();
    return jobs / (await seconds(() => limit.database.client.query(LIMIT, [jobs])));
  };
  const sides = (jobs: number) => ({
    ours: () => startOurs(jobs),
    limit: () => startLimit(jobs),
  });
  try {
    await interleaved(1, sides(Math.round(count / 20)));
    const raw = await interleaved(Math.min(flags.rounds, 3), sides(count));
    const [own = [], theirs = []] = [raw['ours'], raw['limit']];
    const figures = { ours: median(own), against: median(theirs) };
    const most = Math.max(...notified);
    const rates: Result = {
      ...{ name: `${count.toLocaleString('en-US')} in one call`, unit: 'starts/s', ...figures },
      ...{ oursSpread: spreadOf(own), againstSpread: spreadOf(theirs), raw: { ...raw, notified } },
      ...{ target: '≥ 0.8', isMet: figures.ours / figures.against >= 0.8 },
    };
    const target = { target: '≤ 1', isMet: most <= 1 };
    return [rates, { name: 'million, NOTIFYs', unit: 'a call', ours: most, ...target }];
  } finally {
    for (const side of [ours, limit]) {
      await side.worker.stop();
      await side.reset();
    }
  }
};
