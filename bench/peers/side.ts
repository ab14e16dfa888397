import { setTimeout as pause } from 'node:timers/promises';
import { Child } from '../child';
import type { Flags } from '../flags';
import { spreadOf } from '../measure';
import type { PeerFigure } from '../report';
import type { Server } from '../server';
import type { Side } from '../sides';
import { reportAbsence } from './absences';
import { PEERS, type Peer } from './peers';

/** What a peer's code is warned of is its own affair. */
const QUIET = ['--no-deprecation'];
/** No run of a peer may take longer: it would hold up the measurement of all others. */
const DEADLINE_MS = 120_000;

export interface PeerSide extends Side {
  peer: Peer;
  workload: string;
  /** A second process of its program, which starts workflows. */
  client: Child;
  /** Set when a run of it went wrong: it is not asked again. */
  failure?: Error;
}

/** The peers that can do a workload, each in a database and in two processes of its own. */
export async function openPeers(
  server: Server,
  flags: Flags,
  workload: string,
): Promise<PeerSide[]> {
  const sides: PeerSide[] = [];
  for (const name of flags.peers) {
    const peer = PEERS[name];
    if (peer === undefined) continue;
    const reason = peer.cannot[workload];
    if (reason !== undefined) {
      reportAbsence(name, workload, reason);
      continue;
    }
    const side = await openPeer(server, name, peer, workload);
    if (side !== undefined) sides.push(side);
  }
  return sides;
}

async function openPeer(
  server: Server,
  name: string,
  peer: Peer,
  workload: string,
): Promise<PeerSide | undefined> {
  const database = await server.database('peer', name.replace('-', '_'));
  const [worker, client] = [1, 2].map(() => new Child(peer.program, undefined, QUIET));
  if (worker === undefined || client === undefined) return undefined;
  const side = sideOf(name, peer, workload, { database, worker, client });
  const connectionString = database.url;
  const open = async () => {
    await worker.send('open', { connectionString, role: 'worker' });
    await client.send('open', { connectionString, role: 'client' });
    return true;
  };
  return (await guarded(side, open)()) === true ? side : undefined;
}

function sideOf(
  name: string,
  peer: Peer,
  workload: string,
  own: Pick<PeerSide, 'database' | 'worker' | 'client'>,
): PeerSide {
  const { database, worker, client } = own;
  let started = 0;
  const counted = async (sql: string): Promise<number> =>
    (await database.client.query(sql)).rows[0].n;
  const unfinished = () => counted(peer.unfinished);
  const side: PeerSide = {
    ...own,
    kind: name,
    peer,
    workload,
    async reset() {
      await database.client.query(peer.reset);
      started = 0;
    },
    async start(flow, count) {
      await client.send('start', { flow, count });
      started += count;
    },
    drain: (flow, count) => worker.send('drain', { flow, count }),
    async signal(count) {
      const isWaiting = async () =>
        side.failure !== undefined || !peer.waiting || (await counted(peer.waiting)) >= count;
      while (!(await isWaiting())) await pause(10);
      await client.send('signal', { count });
    },
    ended: async () => started - (await unfinished()),
    async isQuiet() {
      if (side.failure !== undefined) throw side.failure; // nobody waits for it any more
      return (await unfinished()) === 0;
    },
  };
  return side;
}

function inTime<T>(run: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`not done after ${DEADLINE_MS / 1000} s`);
    timer = setTimeout(() => reject(error), DEADLINE_MS);
  });
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}

/** A run of a peer. One that fails is reported, and the peer is left out from then on. */
export function guarded<T>(side: PeerSide, run: () => Promise<T>): () => Promise<T | undefined> {
  return async () => {
    if (side.failure !== undefined) return undefined;
    try {
      return await inTime(run());
    } catch (error) {
      side.failure = error instanceof Error ? error : new Error(String(error));
      reportAbsence(side.kind, side.workload, side.failure.message.split('\n')[0] ?? '');
      side.worker.kill();
      side.client.kill();
      return undefined;
    }
  };
}

/** The figures of the peers that were measured; queues count in a unit of their own. */
export function figuresOf<T>(
  sides: PeerSide[],
  raw: Record<string, T[]>,
  figure: (measured: T) => number,
  queueUnit?: string,
): PeerFigure[] {
  const measured = sides.filter(({ kind }) => raw[kind] !== undefined);
  return measured.map(({ kind: name, peer }) => {
    const spread = spreadOf((raw[name] ?? []).map(figure));
    const isQueue = peer.kind === 'queue' && queueUnit !== undefined;
    return { name, spread, ...(isQueue ? { unit: queueUnit } : {}) };
  });
}

export async function closePeers(sides: PeerSide[]): Promise<void> {
  for (const side of sides) {
    const stop = async () => {
      await side.worker.stop();
      await side.client.stop();
    };
    await guarded(side, stop)();
  }
}
