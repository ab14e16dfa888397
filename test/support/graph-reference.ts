import type { Graph } from './graph';

// What a run of a graph comes to, worked out from the grammar alone, depth first and without a
// database. It knows nothing of messages, transactions and order: what it cannot tell because it
// depends on order (the last of several writes, which of two errors came first) it gives as a set.

/** One answer of a worker, a signal, or nothing but time. */
export interface Response {
  code: number;
  failed?: boolean;
  data?: unknown;
}

/** How the world answers a run of an activity: the same whenever it is asked. */
export type Script = (graph: string, activity: string, address: string) => Response;

export interface Run {
  code: number;
  failed: boolean;
  value: unknown;
}

export interface Reference {
  /** By activity and address. */
  runs: Map<string, Run>;
  /** Every value that was written to a key of the job data. */
  writes: Map<string, Set<string>>;
  /** The last value of each key, where order does not matter. */
  data: Record<string, unknown>;
  /** The errors of which one ends the job; interrupts stop it from outside. */
  stops: { code: number; isInterrupt: boolean }[];
}

interface Entry {
  output?: unknown;
  hook?: unknown;
  dad: string;
}
type Scope = Record<string, Entry>;
type Activity = Graph['activities'][string];

const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

function reference(path: string, scope: Scope, jid: string): unknown {
  const [owner = '', part = '', ...rest] = path.split('.');
  if (owner === '$job') return jid;
  const entry = scope[owner];
  if (rest[0] === 'metadata') return entry?.dad;
  return rest.slice(1).reduce(member, part === 'hook' ? entry?.hook : entry?.output);
}

function evaluate(value: unknown, scope: Scope, jid: string): unknown {
  if (typeof value === 'string') {
    const path = /^\{([^@}]+)\}$/.exec(value)?.[1];
    return path === undefined ? value : reference(path, scope, jid);
  }
  const rows = member(value, '@pipe') as [unknown[], [string]] | undefined;
  if (rows === undefined) return value;
  const [left, right] = rows[0].map((cell) => evaluate(cell, scope, jid));
  if (rows[1][0] === '{@math.add}') return Number(left) + Number(right);
  if (rows[1][0] === '{@string.concat}') return `${String(left)}${String(right)}`;
  return Number(left) < Number(right);
}

function mapped(maps: unknown, scope: Scope, jid: string): Record<string, unknown> | undefined {
  if (maps === undefined) return undefined;
  const pairs = Object.entries(maps as object).map(([key, value]) => [
    key,
    evaluate(value, scope, jid),
  ]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as Record<
    string,
    unknown
  >;
}

/** The level of each activity in the tree; the trigger's is 1. */
function levels(graph: Graph): Map<string, number> {
  const found = new Map([[Object.keys(graph.activities)[0] ?? '', 1]]);
  for (const [from, level] of found) {
    for (const { to } of graph.transitions?.[from] ?? []) found.set(to, level + 1);
  }
  return found;
}

/** Runs a graph whose trigger is its first activity; `graphs` are those it may await. */
export function interpret(
  graph: Graph,
  payload: unknown,
  script: Script,
  graphs: Graph[] = [],
  jid = 'job',
): Reference {
  const name = graph.subscribes ?? '';
  const level = levels(graph);
  const passes = new Map<string, number>();
  const result: Reference = { runs: new Map(), writes: new Map(), data: {}, stops: [] };
  /** The topic under which a hook waits, and the key that its rule expects. */
  const waits = new Map(
    Object.entries(graph.hooks ?? {}).map(([topic, [rule]]) => {
      const [match] = member(member(rule, 'conditions'), 'match') as [{ expected: unknown }];
      return [member(rule, 'to') as string, { topic, expected: match.expected }];
    }),
  );
  const sent = new Map<string, unknown>();

  function isTaken(conditions: unknown, response: Response, scope: Scope): boolean {
    if (conditions === undefined) return true;
    const codes = [member(conditions, 'code') ?? 200].flat();
    if (!codes.map(String).includes(String(response.code))) return false;
    const match = member(conditions, 'match') as
      { expected: unknown; actual: unknown }[] | undefined;
    if (match === undefined) return true;
    const holds = match.map(({ expected, actual }) => evaluate(actual, scope, jid) === expected);
    return member(conditions, 'gate') === 'or' ? holds.includes(true) : !holds.includes(false);
  }

  /** Goes on from a response: job data, what follows, and the next pass of what is not done yet. */
  function leave(id: string, address: string, above: Scope, response: Response, entry: Entry) {
    const activity = graph.activities[id] as Activity;
    const scope = { ...above, [id]: entry, $self: entry };
    const targets = (graph.transitions?.[id] ?? []).filter(({ conditions }) =>
      isTaken(conditions, response, scope),
    );
    const written = mapped(member(activity['job'], 'maps'), scope, jid) ?? {};
    for (const [key, value] of Object.entries(written)) {
      result.data[key] = value;
      const values = result.writes.get(key) ?? new Set();
      result.writes.set(key, values.add(JSON.stringify(value)));
    }
    if (response.failed === true && targets.length === 0) {
      result.stops.push({ code: response.code, isInterrupt: false });
    }
    for (const { to } of targets) enter(to, `${address},0`, { ...above, [id]: entry });
    if (response.code === 202 && response.failed !== true) {
      answered(id, next(id, address.slice(0, address.lastIndexOf(','))), above, entry.output);
    }
  }

  /** The address of the next pass of an activity under a pass of its parent. */
  function next(id: string, parent: string): string {
    const pass = (passes.get(`${id} ${parent}`) ?? 0) + 1;
    passes.set(`${id} ${parent}`, pass);
    return `${parent},${pass}`;
  }

  function record(id: string, address: string, response: Response, value: unknown) {
    const run = { code: response.code, failed: response.failed === true, value: value ?? null };
    result.runs.set(`${id} ${address}`, run);
  }

  /** An activity that the world answers: a worker, a signal, the end of a sleep. */
  function answered(
    ...[id, address, scope, output, signal]: [string, string, Scope, unknown, unknown?]
  ) {
    const response = signal === undefined ? script(name, id, address) : { code: 200, data: signal };
    record(id, address, response, response.data);
    const isHook = graph.activities[id]?.type === 'hook';
    const data = response.failed === true ? undefined : response.data;
    leave(id, address, scope, response, {
      dad: address,
      ...(isHook ? { hook: data, output } : { output: data }),
    });
  }

  function cycle(id: string, address: string, scope: Scope) {
    const activity = graph.activities[id] as Activity;
    record(id, address, { code: 200 }, undefined);
    const target = String(activity['ancestor']);
    const output = mapped(member(activity['input'], 'maps'), scope, jid) ?? {};
    const parts = address.split(',').slice(0, level.get(target) ?? 0);
    const again = next(target, parts.join(','));
    record(target, again, { code: 200 }, output);
    const above = Object.entries(scope).filter(
      ([ancestor]) => (level.get(ancestor) ?? 0) < (level.get(target) ?? 0),
    );
    leave(target, again, Object.fromEntries(above), { code: 200 }, { dad: again, output });
  }

  function awaited(id: string, address: string, scope: Scope) {
    const activity = graph.activities[id] as Activity;
    const child = graphs.find(({ subscribes }) => subscribes === activity['topic']);
    const input = mapped(member(activity['input'], 'maps'), scope, jid) ?? {};
    const run = interpret(child as Graph, input, script, graphs, `${jid}${address}`);
    const [stop] = run.stops;
    const output = Object.keys(run.data).length > 0 ? run.data : undefined;
    const response =
      stop === undefined ? { code: 200, data: output } : { code: stop.code, failed: true };
    record(id, address, response, response.data);
    leave(id, address, scope, response, { dad: address, output: response.data });
  }

  function enter(id: string, address: string, scope: Scope): void {
    const activity = graph.activities[id] as Activity;
    if (activity.type === 'cycle') return cycle(id, address, scope);
    if (activity.type === 'await') return awaited(id, address, scope);
    if (activity.type === 'interrupt') {
      record(id, address, { code: 200 }, undefined);
      result.stops.push({ code: Number(activity['code']), isInterrupt: true });
      return;
    }
    const output = mapped(member(activity['output'], 'maps'), scope, jid);
    if (activity.type === 'signal') {
      const payload = mapped(member(activity['signal'], 'maps'), scope, jid) ?? {};
      sent.set(`${String(activity['topic'])} ${String(payload['id'])}`, payload);
    }
    const wait = waits.get(id);
    if (activity.type === 'worker' || wait !== undefined || activity['sleep'] !== undefined) {
      const self = { ...scope, $self: { dad: address, output } };
      const key = wait && `${wait.topic} ${String(evaluate(wait.expected, self, jid))}`;
      return answered(id, address, scope, output ?? {}, key && sent.get(key));
    }
    record(id, address, { code: 200 }, output);
    leave(id, address, scope, { code: 200 }, { dad: address, output });
  }

  const [trigger = ''] = Object.keys(graph.activities);
  leave(trigger, ',0', {}, { code: 200 }, { dad: ',0', output: payload });
  return result;
}
