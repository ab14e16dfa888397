import test from 'ava';
import type { PoolClient } from 'pg';
import { codeOf, engine } from '../support/engine';
import { CALLS, interleave, LOCKS, openScene, outcomeOf, type Call } from '../support/interleaving';
import { seeded } from '../support/seed';

/** Of the five hundred there are, each at every row; PAIRS=… runs more. */
const PAIRS = Number(process.env['PAIRS'] ?? 150);

type Clients = [PoolClient, PoolClient, PoolClient];

const sql = engine();

async function oneAfterTheOther(calls: Call[], on: Clients): Promise<[string[], string]> {
  const scene = await openScene(sql);
  const codes: string[] = [];
  for (const [at, call] of calls.entries()) {
    codes.push(await codeOf(call(scene, on[at] as PoolClient)));
  }
  return [codes, await outcomeOf(sql, scene)];
}

/** What two calls come to, whichever is the first. */
async function ordersOf(first: Call, second: Call, on: Clients): Promise<string[]> {
  const [codes, outcome] = await oneAfterTheOther([first, second], on);
  const [reversed, other] = await oneAfterTheOther([second, first], on);
  return [
    [...codes, outcome].join('\n'),
    [...reversed.reverse(), other].join('\n'), // codes of the first call first
  ];
}

test('two calls that meet at any row come to what one after the other comes to', async (t) => {
  t.timeout(3_600_000);
  const random = seeded(t);
  const connect = () => sql.pool().connect();
  const on: Clients = [await connect(), await connect(), await connect()];
  const all = Object.entries(CALLS).flatMap((first) =>
    Object.entries(CALLS).map((second) => [first, second] as const),
  );
  const odd: string[] = [];
  let [trials, held] = [0, 0];
  for (const [[first, a], [second, b]] of random.shuffled(all).slice(0, PAIRS)) {
    const orders = await ordersOf(a, b, on);
    for (const [row, lock] of Object.entries(LOCKS)) {
      const scene = await openScene(sql);
      const { codes, isHeld } = await interleave(sql, scene, [a, b], lock, on);
      const outcome = [...codes, await outcomeOf(sql, scene)].join('\n');
      trials += 1;
      if (isHeld) held += 1;
      if (orders.includes(outcome)) continue;
      const title = `${first}, ${second}, ${row} locked:`;
      odd.push([title, outcome, 'in order:', ...orders].join('\n'));
    }
  }
  for (const client of on) client.release();
  t.log(`${trials} trials, ${held} waited`);
  t.true(held > trials / 20, 'calls were stopped at the rows they need');
  t.deepEqual(odd, []);
});
