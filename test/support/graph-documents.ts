import type { engine } from './engine';

export interface GraphProblemRow {
  path: string[];
  activity: string | null;
  severity: string;
  message: string;
  hint: string | null;
}

/** Everything that the engine finds wrong with a document. */
export const problemsOf = (sql: ReturnType<typeof engine>, document: unknown, app = 'shop') =>
  sql.rows<GraphProblemRow>('select * from ratchet_internal.graph_problems($1, $2)', [
    JSON.stringify(document),
    app,
  ]);

export type Graph = Record<string, unknown>;

export const trigger = { type: 'trigger' };
export const worker = { type: 'worker', topic: 'work' };
export const pipe = (...rows: unknown[]) => ({ '@pipe': rows });
export const to = (...ids: string[]) => ids.map((id) => ({ to: id }));

/** A graph of the trigger and what is given, each activity after the trigger. */
export function flat(activities: Graph, rest: Graph = {}) {
  const ids = Object.keys(activities);
  return { activities: { t: trigger, ...activities }, transitions: { t: to(...ids) }, ...rest };
}
export const matching = (match: unknown) => ({ t: [{ to: 'a', conditions: { match: [match] } }] });
export const rule = (conditions?: unknown, target = 'a') => ({
  hooks: { h: [{ to: target, conditions }] },
});
export const key = { match: [{ expected: '{$job.metadata.jid}', actual: '{$self.hook.data.id}' }] };
export const stats = (given: unknown) => ({ activities: { t: { type: 'trigger', stats: given } } });

/** A document, where its problem is, whose it is, and its message. */
export type ProblemCase = [
  document: unknown,
  path: string,
  activity: string | null,
  message: string,
];
