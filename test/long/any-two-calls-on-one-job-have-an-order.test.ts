import test from 'ava';
import type { PoolClient } from 'pg';
import { codeOf, engine } from '../support/engine';
import {
  CALLS,
  interleave,
  LOCKS,
  openScene,
  outcomeOf,
  type Call,
  type Lock,
} from '../support/interleaving';
import { seeded } from '../support/seed';

/** Of the eight thousand there are; TRIALS=… runs more. */
const TRIALS = Number(process.env['TRIALS'] ?? 3_000);

type Clients = [PoolClient, PoolClient, PoolClient];

const sql = engine();
const knownOrders = new Map<string, Promise<string[]>>();

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
  const all = Object.keys(CALLS).flatMap((first) =>
    Object.keys(CALLS).flatMap((second) =>
      Object.keys(LOCKS).map((lock) => [first, second, lock] as const),
    ),
  );
  const odd: string[] = [];
  let held = 0;
  for (const [first, second, lock] of random.shuffled(all).slice(0, TRIALS)) {
    const calls = [CALLS[first], CALLS[second]] as [Call, Call];
    const pair = `${first}, ${second}`;
    const orders = knownOrders.get(pair) ?? ordersOf(...calls, on);
    knownOrders.set(pair, orders);
    const scene = await openScene(sql);
    const { codes, isHeld } = await interleave(sql, scene, calls, LOCKS[lock] as Lock, on);
    const outcome = [...codes, await outcomeOf(sql, scene)].join('\n');
    if (isHeld) held += 1;
    if ((await orders).includes(outcome)) continue;
    odd.push([`${pair}, ${lock} locked:`, outcome, 'in order:', ...(await orders)].join('\n'));
  }
  for (const client of on) client.release();
  t.log(`${held} of ${TRIALS} waited`);
  t.true(held > TRIALS / 12, 'calls were stopped at the rows they need');
  t.deepEqual(odd, []);
});
