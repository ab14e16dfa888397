import { childAnswers } from './graph-children';
import { endFaults, expireOf, labelOf, stopOf, type End } from './graph-ends';
import { graphEvaluation, type Values } from './graph-evaluation';
import { evaluate, ExpressionError, member, same } from './graph-expressions';
import type { Entry, Scope } from './graph-expressions';
import { COUNTER, dataHistory, type Leg } from './graph-history';
import { graphShape, splitAddress } from './graph-shape';
import { notSkipped, type Limited } from './graph-threshold';
import type { Graph } from './graph';
import { runText, type ObservedJob, type ObservedRun } from './graph-observed';
import { unsaid, type Heard, type Response, type Verdict, type World } from './graph-world';

// Judges a job by the grammar alone, depth first and without a database: it knows nothing of
// messages and transactions. Where the grammar leaves a choice, because it depends on the order of
// what runs side by side, it looks at what the job did, holds it against all that may have been,
// and goes on from there.

/** Whether the job maps of a response with a code fail. */
type Fails = (code: number) => boolean;
type Activity = Graph['activities'][string];

/** A run of an activity: where it is, what it can read, and what brought it about. */
interface Run {
  id: string;
  address: string;
  above: Scope;
  before: Leg | undefined;
}

/** What a job shows of a run, and the leg that entered it. */
interface Known {
  seen: ObservedRun | undefined;
  leg: Leg;
}

/** What the passes of an activity under one pass of its parent have in common. */
const firstPass = ({ id, address }: Run) => `${id} ${splitAddress(address)[0]}`;

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
  const limited: Limited[] = [];
  const verdicts: Verdict[] = [];
  const children = new Map<string, ReturnType<typeof childAnswers>>();
  const sent = new Map<string, Response>();
  /** What others signalled to it. */
  const heard: Heard[] = [];
  const told = { emits: 0, persists: 0 };
  const jid = job.key;
  const isEarly = (end: End) => end.kind !== 'threshold' || end.limit > 1;
  const isCut = () => job.status !== 0 || job.error !== null || ends.some(isEarly);
  const { mapped, isTaken, written } = graphEvaluation(job, history, isCut);

  function expect({ id, address }: Run, { code, failed, data }: Response) {
    const run = `${id} ${address}`;
    const seen = job.runs.get(run);
    const row = seen && runText(seen.code, seen.failed, seen.value);
    const due = runText(code, failed, data);
    if (row !== due) faults.push(`${run}: ${row}, not ${due}`);
  }

  /** Goes on from a response: job data, what follows, and the next pass of what is not done yet. */
  function leave(at: Run, given: Response, bound: Entry, isEnd = false) {
    const { id, address, above } = at;
    const activity = graph.activities[id] as Activity;
    const leg = { before: at.before };
    const data = written(activity, given.code, { ...above, [id]: bound, $self: bound });
    // It was answered, but the job ended before it went on with that.
    const isLate = data === undefined && isCut() && job.runs.get(`${id} ${address}`)?.code !== 500;
    if (isLate) return void open.push(`${id} ${address}`);
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

  function fail(at: Run, before: Leg, code: number) {
    leave({ ...at, before }, { code, failed: true }, { dad: at.address });
  }

  /** What is known of a run; that it was entered. */
  function observed({ id, address, before }: Run): Known {
    const leg = { before };
    const run = `${id} ${address}`;
    const seen = job.runs.get(run);
    entries.push(leg);
    if (seen === undefined) open.push(run);
    else visited.add(run);
    return { seen, leg };
  }

  /** What comes from outside, with the time, or from any job that signals to this one. */
  function outside({ id, address }: Run, seen: ObservedRun, fails: Fails): Response {
    const response = world.script(job.topic, id, address);
    const [isSleep, isHeard] = [graph.activities[id]?.['sleep'] !== undefined, id.startsWith('z')];
    // Of what came where job maps failed then only the error is left.
    if ((isSleep || isHeard) && seen.failed) return { code: fails(200) ? 200 : 202 };
    const v = member(seen.value, 'v');
    if (isSleep && v === undefined) return { code: 200, data: {} };
    const isScripted = seen.code === response.code && same(v, member(response.data, 'v'));
    if (!isHeard || isScripted) return response;
    heard.push({ topic: `${id}-topic`, code: seen.code, v });
    return { code: seen.code, data: v === undefined ? {} : { v } };
  }

  /** An activity that the world answers: a worker, a signal, the end of a sleep, a child. */
  function answered(at: Run, { seen, leg }: Known, output: unknown, key?: string) {
    if (seen === undefined) return;
    if (!seen.isFinal) return void open.push(`${at.id} ${at.address}`);
    const activity = graph.activities[at.id] as Activity;
    const fails: Fails = (code) => written(activity, code, at.above) === undefined;
    const told = children.get(firstPass(at))?.(seen, fails);
    faults.push(...(told?.faults ?? []));
    const response = told?.response ?? sent.get(key ?? '') ?? outside(at, seen, fails);
    const data = response.failed === true ? undefined : response.data;
    const bound = activity.type === 'hook' ? { hook: data, output } : { output: data };
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

  function awaited(at: Run, { seen, leg }: Known) {
    const { id, address, above } = at;
    const run = `${id} ${address}`;
    const maps = member(graph.activities[id]?.['input'], 'maps');
    const input = mapped(maps, above, seen?.input, { run, leg }) ?? payload;
    if (!same(seen?.input, input)) faults.push(`${run} input ${JSON.stringify(seen?.input)}`);
    const child = job.children.get(run);
    if (child === undefined) {
      if (!seen?.isFinal) return void open.push(run);
      const keys = [jid, ...[...job.children.values()].map(({ key }) => key)];
      if (!keys.includes(member(input, 'id') as string)) faults.push(`${run} has no child`);
      return fail(at, leg, 409);
    }
    const verdict = judge(child, input, world);
    verdicts.push(verdict);
    const isAwaited = graph.activities[id]?.['await'] !== false;
    children.set(firstPass(at), childAnswers(child, verdict, isAwaited));
    answered(at, { seen, leg }, undefined);
  }

  function interrupt(at: Run, seen: ObservedRun, leg: Leg) {
    const { id, address, above } = at;
    const activity = graph.activities[id] as Activity;
    const target = activity['target'] && evaluate(activity['target'], above, jid);
    const end: End = { kind: 'interrupt', ...stopOf(activity, expire) };
    const isSelf = activity['target'] === undefined || target === jid;
    if (isSelf) ends.push(end);
    else {
      const isDone = member(seen.input, 'is_interrupted') === true;
      world.kills.push({ target: target as string, isDone, end });
    }
    leave({ ...at, before: leg }, { code: 200 }, { dad: address }, isSelf);
  }

  function hook(at: Run, { seen, leg }: Known) {
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
      return fail(at, leg, 500);
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
    const topic = evaluate(activity['topic'], above, jid) as string;
    const code = activity['code'] === 202 ? 202 : 200;
    const isToAll = activity['subtype'] === 'all';
    const to = isToAll ? evaluate(activity['key_value'], above, jid) : data['id'];
    world.cries.push({ topic, to, code, v: data['v'] });
    sent.set(`${topic} ${String(data['id'])}`, { code, data });
    leave({ ...at, before: leg }, { code: 200 }, { dad: address });
  }

  function worker(at: Run, { seen, leg }: Known) {
    const { id, address, above } = at;
    const run = `${id} ${address}`;
    try {
      const maps = member(graph.activities[id]?.['input'], 'maps');
      const input = mapped(maps, above, seen?.input, { run, leg }) ?? payload;
      if (!same(seen?.input, input)) faults.push(`${run} input ${JSON.stringify(seen?.input)}`);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      return fail(at, leg, 500);
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
    if (limit > 0) limited.push({ run: `${id} ${address}`, leg, limit });
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
    faults.push(...notSkipped(limited, entries));
    faults.push(...unsaid(heard, world.cries, [jid, member(payload, 'color')]));
    const label = labelOf(graph, trigger, payload);
    if (job.entity !== label) faults.push(`it is a ${job.entity}, not a ${label}`);
    faults.push(...history.faults(), ...history.dataFaults(job.data, !isCut()));
    faults.push(...endFaults(job, ends, world.kills, { open, expire }));
    for (const verdict of verdicts) faults.push(...verdict.faults());
    return faults.map((fault) => `${job.topic} ${job.key}: ${fault}`);
  }

  const start = { id: trigger, address: ',0', above: {}, before: undefined };
  leave(start, { code: 200 }, { dad: ',0', output: payload });
  return {
    told,
    dataFaults: (data, isComplete) => history.dataFaults(data, isComplete),
    faults: allFaults,
    runs: verdicts.reduce((sum, { runs }) => sum + runs, visited.size),
    isStopped: job.status < 0 || job.error !== null,
  };
}
