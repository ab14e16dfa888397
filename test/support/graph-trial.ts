import { randomGraph } from './graph-generator';
import { observe } from './graph-observed';
import { play, scripted, type Play } from './graph-play';
import { judge } from './graph-reference';
import type { World } from './graph-world';
import { graphApp } from './graph';
import type { engine } from './engine';
import { randomOf } from './seed';

type Sql = ReturnType<typeof engine>;
type App = Awaited<ReturnType<typeof graphApp>>;

/** Of each graph, side by side, with other answers. */
export const PLAYS = 4;

/** What the statistics of the app do not say, or should not. */
async function statsFaults(sql: Sql, app: App, plays: Play[]) {
  const faults: string[] = [];
  for (const color of ['red', 'green']) {
    const n = plays.filter(({ payload }) => payload.color === color).length;
    const query = { data: { color }, end: 'NOW', range: '1h', sparse: true };
    const { count } = await sql.value<{ count: number }>('select ratchet.graph_stats($1, $2, $3)', [
      'main',
      JSON.stringify(query),
      app.app,
    ]);
    if (count !== n) faults.push(`${count} jobs are ${color}, not ${n}`);
  }
  return faults;
}

/** Runs graphs by chance in the engine, and judges them; returns what is wrong. */
export async function tryGraph(sql: Sql, seed: number) {
  const random = randomOf(seed);
  const grand = randomGraph(random, 'grand', { size: 4 });
  const child = randomGraph(random, 'child', { size: 6, child: grand });
  const main = randomGraph(random, 'main', { size: 14, child });
  const graphs = [main, child, grand];
  const app = await graphApp(sql, ...graphs);
  const plays = Array.from({ length: PLAYS }, (_, at): Play => {
    const v = random.below(3);
    const [color, other] = [random.below(2) === 0 ? 'red' : 'green', `job${(at + 1) % PLAYS}`];
    const payload = { id: `job${at}`, v, keep: 900 + v, color, other };
    return { payload, script: scripted(seed + at) };
  });
  let version = 1;
  const redeploy = async () => {
    version += 1;
    await app.deploy(String(version), ...random.shuffled(graphs));
    await app.activate(String(version));
  };
  const broken = await play(sql, app, plays, { random, redeploy });
  const faults = broken.map((rule) => JSON.stringify(rule));
  if (faults.length > 0) return { faults, graphs, runs: 0, stopped: 0 };
  const kills: World['kills'] = [];
  const cries: World['cries'] = [];
  const verdicts = [];
  for (const { payload, script } of plays) {
    const job = await observe(sql, app.space, payload.id);
    verdicts.push(judge(job, payload, { script, graphs, kills, cries }));
  }
  faults.push(...verdicts.flatMap((verdict) => verdict.faults()));
  faults.push(...(await statsFaults(sql, app, plays)));
  const runs = verdicts.reduce((sum, verdict) => sum + verdict.runs, 0);
  return { faults, graphs, runs, stopped: verdicts.filter(({ isStopped }) => isStopped).length };
}
