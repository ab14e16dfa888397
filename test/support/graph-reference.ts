import { endFaults, expireOf, type End, type Kill } from './graph-ends';
import { graphEvaluation, type Values } from './graph-evaluation';
import { evaluate, ExpressionError, member, same } from './graph-expressions';
import type { Entry, Scope } from './graph-expressions';
import { COUNTER, dataHistory, type Leg } from './graph-history';
import { graphShape, splitAddress } from './graph-shape';
import { mostOpen } from './graph-threshold';
import type { Graph } from './graph';
import type { ObservedJob, ObservedRun } from './graph-observed';

// Judges a job by the grammar alone, depth first and without a database: it knows nothing of
// messages and transactions. Where the grammar leaves a choice, because it depends on the order of
// what runs side by side, it looks at what the job did, holds it against all that may have been,
// and goes on from there.

/** One answer of a worker, a signal, or nothing but time. */
export interface Response {
  code: number;
  failed?: boolean;
  data?: unknown;
}

/** How the world answers a run of an activity: the same whenever it is asked. */
export type Script = (graph: string, activity: string, address: string) => Response;

export interface World {
  script: Script;
  graphs: Graph[];
  /** Of all jobs. */
  kills: Kill[];
}

type Activity = Graph['activities'][string];

/** A run of an activity: where it is, what it can read, and what brought it about. */
interface Run {
  id: string;
  address: string;
  above: Scope;
  before: Leg | undefined;
}

export interface Verdict {
  runs: number;
  isStopped: boolean;
  /** What its activities announced: how often, and whether for good. */
  told: { emits: number; persists: number };
  dataFaults: (data: Values | null, isComplete: boolean) => string[];
  /** What is wrong, once all jobs have been looked at. */
  faults: () => string[];
}

/** What a run came to, apart from ids, times and the text of an error. */
function plain(code: number, failed: boolean | undefined, value: unknown) {
  const members = Object.entries(Object(failed === true ? null : value) as object)
    .filter(([key]) => !['id', 'timestamp', 'jc', 'ju'].includes(key))
    .sort();
  return JSON.stringify({ code, failed: failed === true, value: members });
}

/** Judges a job whose trigger is the first activity of its graph, and all jobs that it started. */
export function judge(job: ObservedJob, payload: unknown, world: World): Verdict {
  const graph = world.graphs.find(({ subscribes }) => subscribes === job.topic) as Graph;
  const { trigger, transitions, level, waits } = graphShape(graph);
  const expire = expireOf(graph, trigger, payload);
  const history = dataHistory();
  const faults: string[] = [];
  const ends: End[] = [];
  const entries: Leg[] = [];
  const visited = new Set<string>();
  /** What the job had yet to do when it ended. */
  const open: string[] = [];
  const unskipped: { run: string; leg: Leg; limit: number }[] = [];
  const children = new Map<string, { child: ObservedJob; verdict: Verdict; told: number }>();
  const sent = new Map<string, Response>();
  const told = { emits: 0, persists: 0 };
  const jid = job.key;
  const isCut = () => job.status !== 0 || job.error !== null || ends.length > 0;
  const { mapped, isTaken, written } = graphEvaluation(job, history, isCut);

  function expect({ id, address }: Run, { code, failed, data }: Response) {
    const run = `${id} ${address}`;
    const seen = job.runs.get(run);
    const row = seen && plain(seen.code, seen.failed, seen.value);
    if (row !== plain(code, failed, data))
      faults.push(`${run}: ${row}, not ${plain(code, failed, data)}`);
  }

  /** Goes on from a response: job data, what follows, and the next pass of what is not done yet. */
  function leave(at: Run, given: Response, bound: Entry, isEnd = false) {
    const { id, address, above } = at;
    const activity = graph.activities[id] as Activity;
    const leg = { before: at.before };
    const data = written(activity, given.code, { ...above, [id]: bound, $self: bound });
    const response = data === undefined ? { code: 500, failed: true } : given;
    const entry = data === undefined ? { dad: address } : bound;
    for (const [key, value] of data ?? []) {
      if (key !== COUNTER) history.write(leg, key, value);
      else if (value !== 0) history.count(leg);
    }
    if (id !== trigger) expect(at, response);
    if (isEnd && data !== undefined) return;
    const scope = { ...above, [id]: entry };
    const targets = transitions(id).filter(({ to, conditions }) =>
      isTaken(
        conditions,
        response.code,
        { ...scope, $self: entry },
        { run: `${to} ${address},0`, leg },
      ),
    );
    if (evaluate(activity['emit'], scope, jid) === true) told.emits += 1;
    if (evaluate(activity['persist'], scope, jid) === true) told.persists += 1;
    if (response.failed === true && targets.length === 0) {
      ends.push({ kind: 'error', code: response.code });
    }
    for (const { to } of targets)
      enter({ id: to, address: `${address},0`, above: scope, before: leg });
    if (response.code === 202 && response.failed !== true) {
      const [parent, pass] = splitAddress(address);
      const next = { id, address: `${parent},${pass + 1}`, above, before: leg };
      answered(next, observed(next), bound.output);
    }
  }

  /** What is known of a run; that it was entered. */
  function observed({ id, address, before }: Run): { seen: ObservedRun | undefined; leg: Leg } {
    const leg = { before };
    const run = `${id} ${address}`;
    const seen = job.runs.get(run);
    entries.push(leg);
    if (seen === undefined) open.push(run);
    else visited.add(run);
    return { seen, leg };
  }

  /** What a child came to, or announced while it ran. */
  function reported({ id, address }: Run, seen: ObservedRun): Response {
    const [parent] = splitAddress(address);
    const found = children.get(`${id} ${parent}`);
    if (found === undefined) return { code: 200 };
    const { child, verdict } = found;
    if (graph.activities[id]?.['await'] === false)
      return { code: 200, data: { job_id: child.key } };
    const isNews = !seen.failed && seen.code === 202;
    const isForGood = verdict.told.persists > 0 && !seen.failed && !same(seen.value, child.data);
    if (isNews || isForGood) {
      found.told += 1;
      const most = isNews ? verdict.told.emits : verdict.told.persists;
      if (found.told > most && isNews) faults.push(`${id} ${address} was told too often`);
      faults.push(...verdict.dataFaults(seen.value as Values | null, false));
      return { code: isNews ? 202 : 200, data: seen.value };
    }
    if (child.error === null) return { code: 200, data: child.data ?? undefined };
    return { code: child.error.code ?? 500, failed: true };
  }

  /** An activity that the world answers: a worker, a signal, the end of a sleep, a child. */
  function answered(
    at: Run,
    { seen, leg }: ReturnType<typeof observed>,
    output: unknown,
    key?: string,
  ) {
    if (seen === undefined) return;
    if (!seen.isFinal) return void open.push(`${at.id} ${at.address}`);
    const kind = graph.activities[at.id]?.type;
    const scripted = world.script(job.topic, at.id, at.address);
    const isTime =
      graph.activities[at.id]?.['sleep'] !== undefined && member(seen.value, 'v') === undefined;
    let response = sent.get(key ?? '') ?? (isTime ? { code: 200 } : scripted);
    if (kind === 'await') response = reported(at, seen);
    const data = response.failed === true ? undefined : response.data;
    const bound = kind === 'hook' ? { hook: isTime ? {} : data, output } : { output: data };
    leave({ ...at, before: leg }, response, { dad: at.address, ...bound });
  }

  function cycle({ id, address, above }: Run, seen: ObservedRun, leg: Leg) {
    const activity = graph.activities[id] as Activity;
    expect({ id, address, above, before: leg }, { code: 200 });
    const run = `${id} ${address}`;
    const input = mapped(member(activity['input'], 'maps'), above, seen.input, { run, leg }) ?? {};
    const target = String(activity['ancestor']);
    const depth = level.get(target) ?? 0;
    const parent = address.split(',').slice(0, depth).join(',');
    const isOurs = ([other, { value }]: [string, ObservedRun]) =>
      other.startsWith(`${target} ${parent},`) && member(value, 'by') === input['by'];
    const [again] = [...job.runs].find(isOurs) ?? [];
    if (again === undefined) return void open.push(`${target} again by ${run}`);
    const scope = Object.entries(above).filter(([ancestor]) => (level.get(ancestor) ?? 0) < depth);
    const pass = again.split(' ')[1] ?? '';
    const next = { id: target, address: pass, above: Object.fromEntries(scope), before: leg };
    observed(next);
    leave(next, { code: 200, data: input }, { dad: pass, output: input });
  }

  function awaited(at: Run, { seen, leg }: ReturnType<typeof observed>) {
    const { id, address, above } = at;
    const run = `${id} ${address}`;
    const maps = member(graph.activities[id]?.['input'], 'maps');
    const input = mapped(maps, above, seen?.input, { run, leg });
    if (!same(seen?.input, input)) faults.push(`${run} input ${JSON.stringify(seen?.input)}`);
    const child = job.children.get(run);
    if (child === undefined) faults.push(`${run} has no child`);
    else {
      const verdict = judge(child, input, world);
      children.set(`${id} ${splitAddress(address)[0]}`, { child, verdict, told: 0 });
    }
    answered(at, { seen, leg }, undefined);
  }

  function interrupt(at: Run, seen: ObservedRun, leg: Leg) {
    const { id, address, above } = at;
    const activity = graph.activities[id] as Activity;
    const target = activity['target'] && evaluate(activity['target'], above, jid);
    const end: End = {
      ...{
        kind: 'interrupt',
        code: Number(activity['code']),
        isThrown: activity['throw'] !== false,
      },
      expire: (activity['expire'] as number | undefined) ?? expire,
    };
    const isSelf = target === undefined || target === jid;
    if (isSelf) ends.push(end);
    else {
      const isDone = member(seen.input, 'is_interrupted') === true;
      world.kills.push({ target: String(target), isDone, end });
    }
    leave({ ...at, before: leg }, { code: 200 }, { dad: address }, isSelf);
  }

  function hook(at: Run, { seen, leg }: ReturnType<typeof observed>) {
    const { id, address, above } = at;
    const activity = graph.activities[id] as Activity;
    const wait = waits.get(id);
    const isWaiting = wait !== undefined || activity['sleep'] !== undefined;
    const run = `${id} ${address}`;
    let output: Values | undefined;
    try {
      const kept = isWaiting ? seen?.input : seen?.failed === true ? undefined : seen?.value;
      output = mapped(member(activity['output'], 'maps'), above, kept, { run, leg });
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return leave({ ...at, before: leg }, { code: 500, failed: true }, { dad: address });
    }
    const self = { dad: address, output };
    if (!isWaiting) return leave({ ...at, before: leg }, { code: 200, data: output }, self);
    if (!same(seen?.input, output ?? {}))
      faults.push(`${run} input ${JSON.stringify(seen?.input)}`);
    const key = wait && String(evaluate(wait.expected, { ...above, $self: self }, jid));
    answered(at, { seen, leg }, output ?? {}, key && `${wait.topic} ${key}`);
  }

  function signal(at: Run, leg: Leg) {
    const { id, address, above } = at;
    const activity = graph.activities[id] as Activity;
    const where = { run: `${id} ${address}`, leg };
    const data = mapped(member(activity['signal'], 'maps'), above, undefined, where) ?? {};
    const code = activity['code'] === 202 ? 202 : 200;
    sent.set(`${String(activity['topic'])} ${String(data['id'])}`, { code, data });
    leave({ ...at, before: leg }, { code: 200 }, { dad: address });
  }

  function worker(at: Run, { seen, leg }: ReturnType<typeof observed>) {
    const { id, address, above } = at;
    const run = `${id} ${address}`;
    try {
      const maps = member(graph.activities[id]?.['input'], 'maps');
      const input = mapped(maps, above, seen?.input, { run, leg }) ?? payload;
      if (!same(seen?.input, input)) faults.push(`${run} input ${JSON.stringify(seen?.input)}`);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return leave({ ...at, before: leg }, { code: 500, failed: true }, { dad: address });
    }
    answered(at, { seen, leg }, undefined);
  }

  function enter(at: Run): void {
    const known = observed(at);
    const { seen, leg } = known;
    if (seen === undefined) return;
    const { id, address, above } = at;
    const activity = graph.activities[id] as Activity;
    const limit = Number(evaluate(activity['statusThreshold'], above, jid) ?? 0);
    if (seen.isSkipped) {
      if (!(limit > 0)) faults.push(`${id} ${address} was skipped`);
      ends.push({ kind: 'threshold', limit });
      return expect(at, { code: 200 });
    }
    if (limit > 0) unskipped.push({ run: `${id} ${address}`, leg, limit });
    if (activity.type === 'cycle') return cycle(at, seen, leg);
    if (activity.type === 'await') return awaited(at, known);
    if (activity.type === 'interrupt') return interrupt(at, seen, leg);
    if (activity.type === 'hook') return hook(at, known);
    if (activity.type === 'signal') return signal(at, leg);
    return worker(at, known);
  }

  /** What is wrong, once all jobs have been looked at. */
  function allFaults(): string[] {
    for (const run of job.runs.keys()) if (!visited.has(run)) faults.push(`${run} ran`);
    for (const { run, leg, limit } of unskipped) {
      if (mostOpen(leg, entries) <= limit) faults.push(`${run} was not skipped`);
    }
    const entity = graph.activities[trigger]?.['entity'] && member(payload, 'v');
    if (job.entity !== String(entity ?? job.topic)) faults.push(`its entity is ${job.entity}`);
    faults.push(...history.faults(), ...history.dataFaults(job.data, !isCut()));
    faults.push(...endFaults(job, ends, world.kills, { open, expire }));
    for (const { verdict } of children.values()) faults.push(...verdict.faults());
    return faults.map((fault) => `${job.topic} ${job.key}: ${fault}`);
  }

  leave(
    { id: trigger, address: ',0', above: {}, before: undefined },
    { code: 200 },
    { dad: ',0', output: payload },
  );
  const below = [...children.values()].map(({ verdict }) => verdict.runs);
  return {
    ...{ told, dataFaults: history.dataFaults, faults: allFaults },
    runs: below.reduce((sum, runs) => sum + runs, visited.size),
    isStopped: job.status < 0 || job.error !== null,
  };
}
