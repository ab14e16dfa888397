import { member } from './graph-expressions';
import type { Graph } from './graph';

/** Where the activities of a graph stand in its tree, and what its hooks wait for. */
export function graphShape(graph: Graph) {
  const [trigger = ''] = Object.keys(graph.activities);
  const transitions = (id: string) => graph.transitions?.[id] ?? [];
  /** The level of each activity; the trigger's is 1. */
  const level = new Map([[trigger, 1]]);
  for (const [from, above] of level) {
    for (const { to } of transitions(from)) level.set(to, above + 1);
  }
  /** The topic under which a hook waits, and the key that its rule expects. */
  const waits = new Map(
    Object.entries(graph.hooks ?? {}).map(([topic, [rule]]) => {
      const [match] = member(member(rule, 'conditions'), 'match') as [{ expected: unknown }];
      return [member(rule, 'to') as string, { topic, expected: match.expected }];
    }),
  );
  return { trigger, transitions, level, waits };
}

/** An address as that of the pass above it, and its own number. */
export function splitAddress(address: string): [string, number] {
  const at = address.lastIndexOf(',');
  return [address.slice(0, at), Number(address.slice(at + 1))];
}
