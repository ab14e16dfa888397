import { randomOptions } from './graph-generator-options';
import { add, concat, less } from './graph-expressions';
import type { Graph } from './graph';
import type { Random } from './seed';

// Small graphs at random. The first letter of an activity tells what it is and how it may be
// answered: w a worker, p one that may answer more than once, x a wait, q one that may be signalled
// more than once, y a wait for a signal of the job itself, t a sleep, b a wait that its time may
// end, h a hook that goes on at once, v one that is gone back to, a an await, d one that is not
// waited for, s a signal, i an interrupt of the job itself, n one of another job, c a cycle, z a
// wait for what jobs signal to all of a color.

/** What can be used where an activity stands. */
export interface Place {
  /** Outputs and signals of ancestors. */
  readable: string[];
  depth: number;
  /** The activities that may be gone back to, the nearest last. */
  pivots: string[];
  /** The ids of jobs that may be interrupted. */
  targets: unknown[];
}

type Conditions = { code?: unknown; gate?: string; match?: unknown[] } | undefined;

/** What jobs of the first graph say of themselves. */
const STATS = {
  id: '{$self.input.data.id}',
  key: '{$self.input.data.color}',
  granularity: '1h',
  measures: [
    { measure: 'index', target: '{$self.input.data.color}' },
    { measure: 'sum', target: '{$self.input.data.v}' },
  ],
};
const PASS_LIMIT = 3;
const CYCLES = 3;
const CODES = [
  undefined,
  200,
  [200, 201],
  [200, '202'],
  [404, 409],
  [500, 404],
  [200, 201, 202, 404],
];
/** Most graphs branch at their top. */
const depthFan = (depth: number) => (depth < 3 ? 3 : 2);

/** A graph of at most `size` activities that may await another; only the first has an id. */
export function randomGraph(
  random: Random,
  name: string,
  { size, child }: { size: number; child?: Graph },
): Graph {
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const chance = (among: number) => random.below(among) === 0;
  const trigger = `${name}0`;
  const graph = {
    subscribes: name,
    expire: pick([900, `{${trigger}.output.data.keep}`]),
    activities: {} as Graph['activities'],
    transitions: {} as NonNullable<Graph['transitions']>,
    hooks: {} as NonNullable<Graph['hooks']>,
  };
  graph.activities[trigger] = {
    type: 'trigger',
    stats: name === 'main' ? STATS : { id: STATS.id },
    job: { maps: { total: 0 } },
    ...(chance(2) ? { entity: '{$self.input.data.v}' } : {}),
  };
  /** What job data may be read: of any branch, and of passes that run beside. */
  const keys = ['total'];
  const cycles = new Map<string, number>();
  let [left, cyclesLeft] = [size, CYCLES];

  const value = (readable: string[]): unknown =>
    chance(3) ? random.below(4) : `{${pick(readable)}.data.v}`;
  const jobValue = () => `{$job.data.${pick(keys)}}`;
  const make = randomOptions(random, graph, { value, jobValue, child: child?.subscribes });

  /** The first activity of a graph always runs. */
  function conditions(readable: string[]): Conditions {
    if (readable.length === 1 || random.below(5) < 2) return undefined;
    const code = pick(CODES);
    const match = Array.from({ length: random.below(3) }, (_, at) => ({
      expected: random.below(3),
      actual: at === 0 && chance(3) ? jobValue() : value(readable),
    })).slice(random.below(2));
    return {
      ...(code === undefined ? {} : { code }),
      ...(match.length === 0 ? {} : { match, gate: pick(['and', 'or']) }),
    };
  }

  /** A signal that the job sends itself, and the hook that waits for it below. */
  function signalled(from: string, place: Place) {
    const [sender, id] = [`s${name}${(left -= 1)}`, `y${name}${(left -= 1)}`];
    const key = concat('{$job.metadata.jid}', `{${from}.output.metadata.dad}`);
    const maps = { id: key, v: value(place.readable) };
    graph.activities[sender] = { type: 'signal', topic: `${id}-topic`, signal: { maps } };
    if (chance(3)) Object.assign(graph.activities[sender], { status: 'pending', code: 202 });
    graph.activities[id] = { type: 'hook' };
    make.rule(id, key);
    graph.transitions[from]?.push({ to: sender, conditions: conditions(place.readable) });
    graph.transitions[sender] = [{ to: id }];
    return id;
  }

  /** A signal to all jobs of a color, and a hook beside it that waits for such. */
  function cried(from: string, place: Place) {
    const [sender, id] = [`s${name}${(left -= 1)}`, `z${name}${(left -= 1)}`];
    const data = `{${trigger}.output.data.color}`;
    graph.activities[sender] = {
      ...{ type: 'signal', subtype: 'all', topic: `${id}-topic` },
      ...{ key_name: 'color', key_value: data, signal: { maps: { v: value(place.readable) } } },
      resolver: { maps: { data: { color: data }, end: 'NOW', range: '1h' } },
    };
    graph.activities[id] = make.options(id, place);
    graph.transitions[from]?.push({ to: sender }, { to: id });
    return id;
  }

  /** Goes back to any of the loops around, at most twice to each. */
  function cycle(from: string, place: Place) {
    const pivot = place.pivots[place.pivots.length - 1 - random.below(place.pivots.length)];
    if (pivot === undefined || left <= 0 || cyclesLeft === 0) return;
    const others = cycles.get(pivot) ?? 0;
    if (others > 1) return;
    cycles.set(pivot, others + 1);
    cyclesLeft -= 1;
    const id = `c${name}${(left -= 1)}`;
    const count = `{${pivot}.output.data.n}`;
    // Passes are numbered as they come: each says which run of which cycle it is from.
    const by = concat(id, `{${from}.output.metadata.dad}`);
    const maps = { n: add(count, 1), by, v: random.below(3), ...make.read(2) };
    graph.activities[id] = { type: 'cycle', ancestor: pivot, input: { maps }, ...make.threshold() };
    const match = [{ expected: true, actual: less(count, PASS_LIMIT) }];
    graph.transitions[from]?.push({ to: id, conditions: { code: [200, 201, 404, 500], match } });
  }

  function follow(from: string, place: Place): void {
    const kinds = [
      ...['w', 'w', 'x', 't', 'b', 'h', 'h', 'v', 'v', 'p', 'q', 's'],
      ...(child === undefined ? [] : ['a', 'a', 'd', 'z']),
      ...['n', 'n'],
      ...(chance(4) ? ['i'] : []),
    ];
    const count = 1 + random.below(depthFan(place.depth));
    graph.transitions[from] = [];
    if (chance(2)) cycle(from, place);
    for (let at = 0; at < count && left > 1 && place.depth < 8; at += 1) {
      const kind = pick(kinds);
      if (kind === 's') {
        const isCry = name === 'main' && chance(3);
        below(isCry ? cried(from, place) : signalled(from, place), place);
        continue;
      }
      const id = `${kind}${name}${(left -= 1)}`;
      graph.activities[id] = make.options(id, place);
      graph.transitions[from]?.push({ to: id, conditions: conditions(place.readable) });
      below(id, place);
    }
    if (graph.transitions[from]?.length === 0) delete graph.transitions[from];
  }

  function below(id: string, place: Place): void {
    const kind = id[0] ?? '';
    const part = 'xqbtyz'.includes(kind) ? 'hook' : 'output';
    const self = [`{$self.${part}.data.v}`, random.below(4), value(place.readable)];
    Object.assign(graph.activities[id] as object, {
      job: make.jobMaps(id, self),
      ...make.announcement(),
    });
    keys.push(`d-${id}`);
    if (kind === 'i') return;
    const readable = [...place.readable, `${id}.${part}`];
    if ('xqt'.includes(kind)) readable.push(`${id}.output`);
    follow(id, {
      readable,
      depth: place.depth + 1,
      pivots: kind === 'v' ? [...place.pivots, id] : place.pivots,
      targets: kind === 'd' ? [...place.targets, `{${id}.output.data.job_id}`] : place.targets,
    });
  }

  /** A signal to the job that started this one, if it listens. */
  function tell() {
    const id = `s${name}`;
    const data = `{${trigger}.output.data`;
    const maps = { id: `${data}.boss}`, v: random.below(4) };
    graph.activities[id] = { type: 'signal', topic: `${data}.tell}`, signal: { maps } };
    if (chance(2)) Object.assign(graph.activities[id], { status: 'pending', code: 202 });
    const match = [{ expected: 1, actual: `${data}.tells}` }];
    graph.transitions[trigger]?.push({ to: id, conditions: { match } });
  }

  const other = `{${trigger}.output.data.${name === 'main' ? 'other' : 'boss'}}`;
  follow(trigger, {
    ...{ readable: [`${trigger}.output`], depth: 1, pivots: [] },
    targets: ['nobody', other],
  });
  if (name !== 'main') tell();
  return graph;
}
