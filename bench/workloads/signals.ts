import { setTimeout as pause } from 'node:timers/promises';
import { interleaved } from '../measure';
import { closePeers, openPeers } from '../peers/side';
import { clientOf, one, openOurs, type Side } from '../sides';
import { comparison, drainSignalled, peerRun } from './throughput';
import type { Workload } from './workload';

const CALLERS = 20;
const BATCH = 1_000;
const WAITING = `select count(*)::int from ratchet_internal.messages where kind = 'wait'`;

/** Resolves when so many workflows wait. */
async function untilWaiting({ database }: Side, count: number): Promise<void> {
  while ((await one<number>(database.client, WAITING)) < count) await pause(10);
}

/** Twenty callers, each sending one signal after another. */
async function sendSingly(side: Side, count: number, client: ReturnType<typeof clientOf>) {
  await untilWaiting(side, count);
  let next = 0;
  const caller = async () => {
    for (let x = next++; x < count; x = next++) await client.workflow.signal(`go-${x}`, { x });
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
}

/** A thousand signals a statement, as a program in SQL would send them. */
async function sendInSql(side: Side, count: number) {
  await untilWaiting(side, count);
  const text = `select count(ratchet.signal('go-' || x, json_build_object('x', x)))
    from generate_series($1::int, $2::int) as x`;
  for (let from = 0; from < count; from += BATCH) {
    const values = [from, Math.min(from + BATCH, count) - 1];
    await side.database.client.query({ name: 'signals', text, values });
  }
}

/** Workflows that wait for a signal: from the first start to the last end, the sending included. */
export const signals: Workload = async ({ server, flags }) => {
  const ours = await openOurs(server, flags);
  const peers = await openPeers(server, flags, 'signals');
  const client = clientOf(ours.database.url);
  const singly = { ...ours, signal: (count: number) => sendSingly(ours, count, client) };
  const inSql = { ...ours, signal: (count: number) => sendInSql(ours, count) };
  const count = Math.max(Math.round(flags.n / 4), 10);
  const run = (side: Side) => async () => {
    await side.reset();
    return drainSignalled(side, 'signals', count);
  };
  const seconds = flags.isQuick ? 1 : 3;
  const programs = Object.fromEntries([
    ['ours', run(singly)] as const,
    ['inSql', run(inSql)] as const,
    ...peers.map((side) => [side.kind, peerRun(side, 'signals', count, seconds)] as const),
  ]);
  try {
    await interleaved(1, programs);
    const { inSql: sent = [], ...raw } = await interleaved(flags.rounds, programs);
    const counted = { unit: 'workflows/s', each: 1, per: { count: 1, name: 'workflow' } };
    return [
      {
        ...comparison({ name: 'signals', ...counted }, raw, undefined, peers),
        notes: ['started, waited, signalled by 20 callers, ended'],
      },
      comparison({ name: 'signals, in SQL', ...counted }, { ours: sent }, undefined),
    ];
  } finally {
    await ours.worker.stop();
    await closePeers(peers);
  }
};
