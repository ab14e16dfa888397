import { randomGraph } from './graph-generator';
import { observe } from './graph-observed';
import { judge, type Response, type Script } from './graph-reference';
import { graphApp, type Claim } from './graph';
import type { engine } from './engine';
import { randomOf, type Random } from './seed';

type Sql = ReturnType<typeof engine>;
type App = Awaited<ReturnType<typeof graphApp>>;

const ROUNDS = 2000;
/** Of each graph, with other answers. */
export const PLAYS = 4;

/** How each run of an activity is answered, whoever asks, and whenever. */
function scripted(seed: number): Script {
  return (graph, activity, address): Response => {
    const text = `${seed} ${graph} ${activity} ${address}`;
    const random = randomOf([...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7));
    const kind = activity[0] ?? '';
    const [data, isFirst] = [{ v: random.below(3) }, address.endsWith(',0')];
    if (kind === 't') return { code: 200 };
    if ('pqb'.includes(kind) && isFirst && random.below(2) === 0) {
      return { code: 202, data };
    }
    if (kind !== 'w' && kind !== 'p') return { code: 200, data };
    const code = [200, 200, 200, 201, 404, 500][random.below(6)] ?? 200;
    return code >= 404 ? { code, failed: true, data: { message: 'no' } } : { code, data };
  };
}

interface Payload {
  id: string;
  v: number;
  keep: number;
}

interface Wait {
  key: string;
  address: string;
  name: string;
  topic: string;
  jid: string;
  gid: string;
}

const OPEN = `
  select m.key, m.address, n.name, j.workflow as topic, j.key as jid, j.id as gid
  from ratchet_internal.messages m
  join ratchet.jobs j on j.id = m.job_id
  join ratchet_internal.graph_names n on n.position = m.position and n.space = m.namespace
  where m.namespace = $1 and m.kind = 'wait' order by m.job_id, m.address, m.position`;

const RUNNING = 'select exists (select from ratchet.jobs where namespace = $1 and status > 0)';

/** Lets a job run to its end, with everything from outside in an order by chance. */
async function run(sql: Sql, app: App, script: Script, random: Random, payload: Payload) {
  const worker = await app.worker(['w'], { engines: random.below(2) === 0 });
  const answer = (topic: string, claim: Claim) => script(topic, claim.name, claim.address);
  await app.publish('main', payload);
  let reports: [Claim, Response][] = [];
  for (let round = 0; await sql.value<boolean>(RUNNING, [app.space]); round += 1) {
    if (round > ROUNDS) throw new Error('It does not end.');
    const given = random.shuffled(reports).slice(0, 1 + random.below(3));
    reports = reports.filter((report) => !given.includes(report));
    const claims = await app.exchange(worker, given, random.below(4));
    for (const claim of claims.filter(({ name }) => name !== null)) {
      reports.push([claim, answer(String(claim.options.metadata['wfn']), claim)]);
    }
    const waits = (await sql.rows<Wait>(OPEN, [app.space])).filter(
      ({ name, address }) => !/^y/.test(name) || !address.endsWith(',0'),
    );
    for (const wait of random.shuffled(waits).slice(0, random.below(3))) {
      const { code, failed, data } = script(wait.topic, wait.name, wait.address);
      const metadata = { jid: wait.jid, gid: wait.gid };
      const claim = { ...wait, options: { metadata } } as unknown as Claim;
      const [topic = '', id] = wait.key.split('\x1f');
      if (topic === '') await app.respond(claim, failed ? 'error' : 'success', code, data);
      else await app.signal(topic, { ...Object(data), id }, code === 202 ? 'pending' : null);
    }
    const budget = 1 + random.below(random.below(2) === 0 ? 2 : 1000);
    await sql.rows('select ratchet.run_graphs($1, p_budget => $2)', [app.app, budget]);
  }
}

/** Runs graphs by chance in the engine, and judges them; returns what is wrong. */
export async function tryGraph(sql: Sql, seed: number) {
  const random = randomOf(seed);
  const grand = randomGraph(random, 'grand', { size: 4 });
  const child = randomGraph(random, 'child', { size: 6, child: grand });
  const main = randomGraph(random, 'main', { size: 14, child });
  const graphs = [main, child, grand];
  const app = await graphApp(sql, ...graphs);
  const tried = { faults: [] as string[], graphs, runs: 0, stopped: 0 };
  for (let play = 0; play < PLAYS; play += 1) {
    const v = random.below(3);
    const payload = { id: `job${play}`, v, keep: 900 + v };
    const script = scripted(seed + play);
    await run(sql, app, script, random, payload);
    const world = { script, graphs, kills: [] };
    const verdict = judge(await observe(sql, app.space, payload.id), payload, world);
    tried.faults.push(...verdict.faults());
    tried.runs += verdict.runs;
    if (verdict.isStopped) tried.stopped += 1;
  }
  return tried;
}
