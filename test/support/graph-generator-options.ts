import { concat, FAILS, less } from './graph-expressions';
import type { Graph } from './graph';
import type { Place } from './graph-generator';
import type { Random } from './seed';

interface Values {
  /** A number, or what an ancestor gave. */
  value: (readable: string[]) => unknown;
  /** A reference to job data. */
  jobValue: () => string;
  /** The topic of the graph that may be awaited. */
  child: string | undefined;
}

/** What the activities of a random graph are given beside their place in it. */
export function randomOptions(random: Random, graph: Graph, { value, jobValue, child }: Values) {
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T;
  const chance = (among: number) => random.below(among) === 0;

  const name = graph.subscribes ?? '';
  /** The ids that children are given, and the hooks to which they may signal. */
  const named: unknown[] = [];
  const listeners: string[] = [];

  function rule(id: string, key: unknown) {
    const match = [{ expected: key, actual: '{$self.hook.data.id}' }];
    graph.hooks = { ...graph.hooks, [`${id}-topic`]: [{ to: id, conditions: { match } }] };
  }

  /** A member that is read from the job data: once in so many times. */
  const read = (among: number) => (chance(among) ? { j: jobValue() } : {});

  /** Whether the activity is skipped when so few are open. */
  const threshold = () => (chance(8) ? { statusThreshold: pick([1, 1, 2, 3, 0]) } : {});

  /** Only exactly true counts. */
  const announcement = () =>
    chance(4)
      ? {
          [pick(['emit', 'emit', 'persist'])]: pick<unknown>([
            true,
            less(1, 2),
            `{${name}0.output.data.v}`,
            false,
          ]),
        }
      : {};

  function jobMaps(id: string, values: unknown[]) {
    const maps = {
      [`d-${id}`]: pick(values),
      ...(chance(3) ? { total: { '@pipe': [['{$job.data.total}', 1], ['{@math.add}']] } } : {}),
      ...(chance(30) ? { fails: FAILS } : {}),
    };
    const other = { maps: { [`d-${id}`]: pick(values) } };
    return { maps, ...(chance(4) ? { [pick([200, 202, 404])]: other } : {}) };
  }

  function interrupt(place: Place) {
    return {
      type: 'interrupt',
      target: pick([...place.targets.slice(chance(3) ? 0 : 1), ...named, ...named]),
      ...stop(),
    };
  }

  const stop = () => ({
    code: 410 + random.below(3),
    ...(chance(3) ? { throw: false } : {}),
    ...(chance(3) ? { expire: 1000 + random.below(3) } : {}),
  });

  /** A job of its own id can be stopped by other branches; a second one cannot be started. */
  function awaited(id: string, place: Place) {
    const detached = id.startsWith('d') ? { await: false } : {};
    if (chance(8)) return { type: 'await', topic: child, ...detached };
    const own = concat('{$job.metadata.jid}', `-${id}`);
    const isNamed = chance(3);
    if (isNamed) named.push(own);
    const listener = listeners.length > 0 ? { tell: `${pick(listeners)}-topic`, tells: 1 } : {};
    const maps = {
      ...{ v: value(place.readable), boss: '{$job.metadata.jid}', ...read(3), ...listener },
      // The id of one that is named is taken for as long as a trial may take.
      ...(chance(2) || isNamed ? { keep: 901 } : {}),
      ...(isNamed ? { id: own } : {}),
    };
    return { type: 'await', topic: child, input: { maps }, ...detached };
  }

  function kindOptions(id: string, place: Place): { type: string; [option: string]: unknown } {
    const own = concat('{$job.metadata.jid}', '{$self.output.metadata.dad}');
    const maps = { v: chance(30) ? FAILS : value(place.readable), ...read(3) };
    switch (id[0]) {
      case 'w':
      case 'p':
        return {
          ...{ type: 'worker', topic: chance(4) ? concat('', 'w') : 'w' },
          ...(chance(6) ? {} : { input: { maps } }),
          ...(chance(6) ? { retry: { 404: [1, 'x'] } } : {}),
        };
      case 'x':
      case 'q':
        rule(id, own);
        return { type: 'hook', output: { maps } };
      case 'z':
        rule(id, '{$job.metadata.jid}');
        listeners.push(id);
        return { type: 'hook' };
      case 'b':
        rule(id, own);
        return { type: 'hook', sleep: pick([0.001, 0.02]) };
      case 't':
        return { type: 'hook', sleep: 0.001, output: { maps } };
      case 'v':
        return { type: 'hook', output: { maps: { ...maps, n: 1, v: value(place.readable) } } };
      case 'a':
      case 'd':
        return awaited(id, place);
      case 'i':
        return { type: 'interrupt', ...stop() };
      case 'n':
        return interrupt(place);
      default:
        return { type: 'hook', output: { maps } };
    }
  }

  const options = (id: string, place: Place) => ({ ...kindOptions(id, place), ...threshold() });
  return { listeners, options, rule, read, threshold, announcement, jobMaps };
}
