import { randomGraph } from './graph-generator';
import { interpret, type Reference, type Response, type Script } from './graph-reference';
import { graphApp, type Claim, type GraphState } from './graph';
import type { engine } from './engine';
import { randomOf, type Random } from './seed';

type Sql = ReturnType<typeof engine>;
type App = Awaited<ReturnType<typeof graphApp>>;

const ROUNDS = 200;
/** Of each graph, with other answers. */
export const PLAYS = 4;

/** How each run of an activity is answered, whoever asks, and whenever. */
function scripted(seed: number): Script {
  return (graph, activity, address): Response => {
    const text = `${seed} ${graph} ${activity} ${address}`;
    const random = randomOf([...text].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) | 0, 7));
    const kind = activity[0] ?? '';
    const [data, isFirst] = [{ v: random.below(3) }, address.endsWith(',0')];
    if (kind === 't' || kind === 'b') return { code: 200 };
    if ((kind === 'p' || kind === 'q') && isFirst && random.below(2) === 0) {
      return { code: 202, data };
    }
    if (kind !== 'w' && kind !== 'p') return { code: 200, data };
    const code = [200, 200, 200, 201, 404][random.below(5)] ?? 200;
    return code === 404 ? { code, failed: true, data: { message: 'no' } } : { code, data };
  };
}

interface Payload {
  id: string;
  v: number;
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

/** Lets a job run to its end, with everything from outside in an order by chance. */
async function run(sql: Sql, app: App, script: Script, random: Random, payload: Payload) {
  const worker = await app.worker(['w'], { engines: random.below(2) === 0 });
  const answer = (topic: string, claim: Claim) => script(topic, claim.name, claim.address);
  await app.publish('main', payload);
  let reports: [Claim, Response][] = [];
  for (let round = 0; (await app.state(payload.id)).status > 0; round += 1) {
    if (round > ROUNDS) throw new Error('It does not end.');
    const given = random.shuffled(reports).slice(0, 1 + random.below(3));
    reports = reports.filter((report) => !given.includes(report));
    const claims = await app.exchange(worker, given, random.below(4));
    for (const claim of claims.filter(({ name }) => name !== null)) {
      reports.push([claim, answer(String(claim.options.metadata['wfn']), claim)]);
    }
    const waits = (await sql.rows<Wait>(OPEN, [app.space])).filter(
      ({ name }) => !/^[by]/.test(name),
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

/** What the database keeps of the job, in the reference's words. */
async function recorded(sql: Sql, app: App, job: string) {
  const rows = await sql.rows<{ run: string; code: number; failed: boolean; value: string }>(
    `select split_part(a.field, ' ', 2) || ' ' || a.address as run, a.is_failed as failed,
        coalesce(a.code, case when a.is_failed then 500 else 200 end) as code, a.value
      from ratchet.jobs_attributes a join ratchet.jobs j on j.id = a.job_id
      where j.key = $2 and j.namespace = $1 and a.address like ',%' and a.kind <> 'trigger'
        and ratchet_internal.is_final(a.ledger)`,
    [app.space, job],
  );
  return new Map(rows.map(({ run, ...row }) => [run, plain(row)]));
}

/** A run without what only the database knows: ids, times, the text of an error. */
function plain({ code, failed, value }: { code: number; failed: boolean; value: unknown }) {
  const parsed: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  const members = Object.entries(Object(failed ? null : parsed) as object)
    .filter(([key]) => key !== 'id' && key !== 'timestamp')
    .sort();
  return JSON.stringify({ code, failed, value: members });
}

function differences(reference: Reference, runs: Map<string, string>, state: GraphState) {
  const faults: string[] = [];
  const expected = new Map([...reference.runs].map(([run, row]) => [run, plain(row)]));
  for (const [run, row] of runs) {
    if (expected.get(run) !== row) faults.push(`${run}: ${row}, not ${expected.get(run)}`);
  }
  for (const [key, value] of Object.entries(state.data ?? {})) {
    if (!reference.writes.get(key)?.has(JSON.stringify(value)))
      faults.push(`data ${key}: ${JSON.stringify(value)}`);
  }
  if (reference.stops.length > 0) {
    const { code } = (state.error ?? {}) as { code?: number };
    const isRight = reference.stops.some(
      (stop) => stop.code === code && stop.isInterrupt === state.status < 0,
    );
    if (!isRight) faults.push(`it ended with ${state.status} ${JSON.stringify(state.error)}`);
    return faults;
  }
  if (state.status !== 0 || state.error !== null) faults.push(`it ended: ${JSON.stringify(state)}`);
  for (const run of expected.keys()) if (!runs.has(run)) faults.push(`${run} did not run`);
  for (const key of reference.writes.keys()) {
    if (state.data?.[key] === undefined) faults.push(`data ${key} was not written`);
  }
  return faults;
}

/** Runs one graph by chance in the engine and in the reference; returns where they differ. */
export async function tryGraph(sql: Sql, seed: number) {
  const random = randomOf(seed);
  const child = randomGraph(random, 'child', { size: 5, isChain: true });
  const graph = randomGraph(random, 'main', { size: 14, child });
  const app = await graphApp(sql, graph, child);
  const tried = { faults: [] as string[], graph, child, runs: 0, stopped: 0 };
  for (let play = 0; play < PLAYS; play += 1) {
    const payload = { id: `job${play}`, v: random.below(3) };
    const script = scripted(seed + play);
    await run(sql, app, script, random, payload);
    const reference = interpret(graph, payload, script, [child], payload.id);
    const runs = await recorded(sql, app, payload.id);
    tried.faults.push(...differences(reference, runs, await app.state(payload.id)));
    tried.runs += reference.runs.size;
    if (reference.stops.length > 0) tried.stopped += 1;
  }
  return tried;
}
