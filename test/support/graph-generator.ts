import type { Graph } from './graph';
import type { Random } from './seed';

// Small graphs at random. The first letter of an activity tells what it is and how it may be
// answered: w a worker, p one that may answer more than once, x a wait, q one that may be signalled
// more than once, y a wait for a signal of the job itself, t a sleep, b a wait that ends with its
// time, h a hook that goes on at once, v one that is gone back to, a an await, s a signal, i an
// interrupt, c a cycle.

interface Place {
  /** What can be read here. */
  readable: string[];
  depth: number;
  /** The nearest activity that may be gone back to, and whether something goes back there. */
  pivot?: { id: string; isUsed: boolean } | undefined;
}

type Conditions = { code?: unknown; gate?: string; match?: unknown[] } | undefined;

const PASS_LIMIT = 3;
/** Most graphs branch at their top. */
const depthFan = (depth: number) => (depth < 3 ? 3 : 2);

const add = (left: unknown, right: unknown) => ({
  '@pipe': [[left, right], ['{@math.add}']],
});
const concat = (left: unknown, right: unknown) => ({
  '@pipe': [[left, right], ['{@string.concat}']],
});
const less = (left: unknown, right: unknown) => ({
  '@pipe': [[left, right], ['{@conditional.less_than}']],
});

/** A graph of at most `size` activities; a chain never has two of them open. */
export function randomGraph(
  random: Random,
  name: string,
  { size, child, isChain = false }: { size: number; child?: Graph; isChain?: boolean },
): Graph {
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const trigger = `${name}0`;
  const graph = {
    subscribes: name,
    expire: 900,
    activities: { [trigger]: { type: 'trigger' } } as Graph['activities'],
    transitions: {} as NonNullable<Graph['transitions']>,
    hooks: {} as NonNullable<Graph['hooks']>,
  };
  if (!isChain)
    graph.activities[trigger] = { type: 'trigger', stats: { id: '{$self.input.data.id}' } };
  let left = size;

  const value = (readable: string[]): unknown =>
    random.below(3) === 0 ? random.below(4) : `{${pick(readable)}.data.v}`;

  /** The first activity of a graph always runs. */
  function conditions(readable: string[]): Conditions {
    if (readable.length === 1 || random.below(5) < 2) return undefined;
    const code = pick([undefined, 200, [200, 201], [200, '202'], [404], [200, 201, 202, 404]]);
    const match = Array.from({ length: random.below(3) }, () => ({
      expected: random.below(3),
      actual: value(readable),
    })).slice(random.below(2));
    return {
      ...(code === undefined ? {} : { code }),
      ...(match.length === 0 ? {} : { match, gate: pick(['and', 'or']) }),
    };
  }

  function rule(id: string, key: unknown) {
    const actual = '{$self.hook.data.id}';
    graph.hooks[`${id}-topic`] = [{ to: id, conditions: { match: [{ expected: key, actual }] } }];
  }

  function options(id: string, place: Place): Record<string, unknown> {
    const { readable } = place;
    const own = concat('{$job.metadata.jid}', '{$self.output.metadata.dad}');
    const output = { maps: { v: value(readable) } };
    switch (id[0]) {
      case 'w':
      case 'p':
        return { type: 'worker', topic: 'w', input: { maps: { v: value(readable) } } };
      case 'x':
      case 'q':
        rule(id, own);
        return { type: 'hook', output };
      case 'b':
        rule(id, own);
        return { type: 'hook', sleep: 0.001 };
      case 't':
        return { type: 'hook', sleep: 0.001, output };
      case 'v':
        return { type: 'hook', output: { maps: { n: 1, v: value(readable) } } };
      case 'a':
        return { type: 'await', topic: child?.subscribes, input: output };
      case 'i':
        return { type: 'interrupt', code: 410 + random.below(3) };
      default:
        return { type: 'hook', output };
    }
  }

  /** A signal that the job sends itself, and the hook that waits for it below. */
  function signalled(from: string, place: Place) {
    const [sender, id] = [`s${name}${(left -= 1)}`, `y${name}${(left -= 1)}`];
    const key = concat('{$job.metadata.jid}', `{${from}.output.metadata.dad}`);
    const maps = { id: key, v: value(place.readable) };
    graph.activities[sender] = { type: 'signal', topic: `${id}-topic`, signal: { maps } };
    graph.activities[id] = { type: 'hook' };
    rule(id, key);
    graph.transitions[from]?.push({ to: sender, conditions: conditions(place.readable) });
    graph.transitions[sender] = [{ to: id }];
    return id;
  }

  function cycle(from: string, place: Place) {
    const { pivot } = place;
    if (pivot === undefined || pivot.isUsed || left <= 0) return;
    pivot.isUsed = true;
    const id = `c${name}${(left -= 1)}`;
    const count = `{${pivot.id}.output.data.n}`;
    const maps = { n: add(count, 1), v: random.below(3) };
    graph.activities[id] = { type: 'cycle', ancestor: pivot.id, input: { maps } };
    const match = [{ expected: true, actual: less(count, PASS_LIMIT) }];
    graph.transitions[from]?.push({ to: id, conditions: { code: [200, 201, 404], match } });
  }

  function follow(from: string, place: Place): void {
    const kinds = [
      ...['w', 'w', 'x', 't', 'b', 'h', 'h', 'v'],
      ...(isChain ? [] : ['p', 'q', 's']),
      ...(child === undefined ? [] : ['a']),
      ...(random.below(3) === 0 ? ['i'] : []),
    ];
    const count = isChain ? 1 : 1 + random.below(depthFan(place.depth));
    graph.transitions[from] = [];
    if (!isChain && random.below(2) === 0) cycle(from, place);
    for (let at = 0; at < count && left > 1 && place.depth < 7; at += 1) {
      const kind = pick(kinds);
      if (kind === 's') {
        below(signalled(from, place), place);
        continue;
      }
      const id = `${kind}${name}${(left -= 1)}`;
      graph.activities[id] = { type: '', ...options(id, place) };
      graph.transitions[from]?.push({ to: id, conditions: conditions(place.readable) });
      if (kind !== 'i') below(id, place);
    }
    if (graph.transitions[from]?.length === 0) delete graph.transitions[from];
  }

  function below(id: string, place: Place): void {
    const kind = id[0] ?? '';
    const part = 'xqbty'.includes(kind) ? 'hook' : 'output';
    const readable = [...place.readable, `${id}.${part}`];
    const written = random.below(4) === 0 ? random.below(4) : `{$self.${part}.data.v}`;
    const job = random.below(3) === 0 ? written : value(place.readable);
    (graph.activities[id] as Record<string, unknown>)['job'] = { maps: { [`d-${id}`]: job } };
    const pivot = kind === 'v' ? { id, isUsed: false } : place.pivot;
    // The passes of a loop are numbered as they come: two of them may not run side by side.
    const isParallel = kind === 'p' || kind === 'q';
    follow(id, { readable, depth: place.depth + 1, pivot: isParallel ? undefined : pivot });
  }

  follow(trigger, { readable: [`${trigger}.output`], depth: 1 });
  return graph;
}
