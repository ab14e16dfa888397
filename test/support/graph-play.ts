import type { Claim, graphApp } from './graph';
import type { Response, Script } from './graph-world';
import type { engine } from './engine';
import { randomOf, type Random } from './seed';

type Sql = ReturnType<typeof engine>;
type App = Awaited<ReturnType<typeof graphApp>>;

const ROUNDS = 3000;

export interface Payload {
  id: string;
  v: number;
  keep: number;
  color: string;
  /** A job that it may interrupt. */
  other: string;
}

/** A job from outside: what it is started with, and how all that it does is answered. */
export interface Play {
  payload: Payload;
  script: Script;
}

/** How each run of an activity is answered, whoever asks, and whenever. */
export function scripted(seed: number): Script {
  return (graph, activity, address): Response => {
    const text = `${seed} ${graph} ${activity} ${address}`;
    const random = randomOf([...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7));
    const kind = activity[0] ?? '';
    const [data, isFirst] = [{ v: random.below(3) }, address.endsWith(',0')];
    if (kind === 't') return { code: 200 };
    if (kind === 'z') return { code: 200, data: { v: seed % 3 } };
    if ('pqb'.includes(kind) && isFirst && random.below(2) === 0) return { code: 202, data };
    if (kind !== 'w' && kind !== 'p') return { code: 200, data };
    const code = [200, 200, 200, 201, 404, 500][random.below(6)] ?? 200;
    return code >= 404 ? { code, failed: true, data: { message: 'no' } } : { code, data };
  };
}

interface Wait {
  key: string;
  address: string;
  name: string;
  topic: string;
  jid: string;
  gid: string;
  root: string;
}

const OPEN = `
  select m.key, m.address, n.name, j.workflow as topic, j.key as jid, j.id as gid,
    coalesce(o.key, j.key) as root
  from ratchet_internal.messages m
  join ratchet.jobs j on j.id = m.job_id
  left join ratchet.jobs o on o.id = j.origin_id
  join ratchet_internal.graph_names n on n.position = m.position and n.space = m.namespace
  where m.namespace = $1 and m.kind = 'wait' order by m.job_id, m.address, m.position`;

const ROOT = `
  select coalesce(o.key, j.key) from ratchet.jobs j left join ratchet.jobs o on o.id = j.origin_id
  where j.id = $1`;

const RUNNING = 'select exists (select from ratchet.jobs where namespace = $1 and status > 0)';

const BROKEN = 'select * from ratchet.check_invariants()';

/**
 * Lets jobs run side by side to their ends, with everything from outside in an order by chance;
 * redeploy makes another version the active one. Returns which rules of the engine were broken.
 */
export async function play(
  sql: Sql,
  app: App,
  plays: Play[],
  { random, redeploy }: { random: Random; redeploy: () => Promise<void> },
): Promise<unknown[]> {
  const worker = await app.worker(['w'], { engines: random.below(2) === 0 });
  const scripts = new Map(plays.map(({ payload, script }) => [payload.id, script]));
  const scriptOf = async (claim: Claim) =>
    scripts.get(await sql.value<string>(ROOT, [claim.options.metadata['gid']]));
  const waiting = plays.map(({ payload }) => payload);
  let reports: [Claim, Response][] = [];

  /** Signals, and what is answered by hand. */
  async function answer({ key, name, address, topic, root, ...job }: Wait) {
    const script = scripts.get(root) as Script;
    const { code, failed, data } = script(topic, name, address);
    const [hook = '', id] = key.split('\x1f');
    if (hook !== '') {
      await app.signal(hook, { ...Object(data), id }, code === 202 ? 'pending' : null);
      return;
    }
    const claim = { name, address, options: { metadata: job } } as unknown as Claim;
    await app.respond(claim, failed === true ? 'error' : 'success', code, data);
  }

  async function work() {
    const given = random.shuffled(reports).slice(0, 1 + random.below(3));
    reports = reports.filter((report) => !given.includes(report));
    for (const claim of await app.exchange(worker, given, random.below(4))) {
      if (claim.name === null) continue;
      const script = (await scriptOf(claim)) as Script;
      const topic = String(claim.options.metadata['wfn']);
      reports.push([claim, script(topic, claim.name, claim.address)]);
    }
  }

  for (let round = 0; round < ROUNDS; round += 1) {
    if (waiting.length > 0 && random.below(2) === 0) await app.publish('main', waiting.shift());
    await work();
    const waits = (await sql.rows<Wait>(OPEN, [app.space])).filter(
      ({ name, address }) => !name.startsWith('y') || !address.endsWith(',0'),
    );
    for (const wait of random.shuffled(waits).slice(0, random.below(4))) await answer(wait);
    if (random.below(20) === 0) await redeploy();
    const budget = 1 + random.below(random.below(2) === 0 ? 2 : 1000);
    await sql.rows('select ratchet.run_graphs($1, p_budget => $2)', [app.app, budget]);
    const broken = random.below(10) === 0 ? await sql.rows(BROKEN) : [];
    if (broken.length > 0) return broken;
    const isRunning = await sql.value<boolean>(RUNNING, [app.space]);
    if (waiting.length === 0 && !isRunning) return [];
  }
  return [`it has not ended after ${ROUNDS} rounds`];
}
