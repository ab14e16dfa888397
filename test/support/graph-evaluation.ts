import { evaluate, ExpressionError, jobKey, member, same, type Scope } from './graph-expressions';
import { COUNTER, type DataHistory, type Leg } from './graph-history';
import type { Graph } from './graph';
import type { ObservedJob } from './graph-observed';

export type Values = Record<string, unknown>;
type Match = { expected: unknown; actual: unknown };

/**
 * Works out maps and conditions of a job. What reads job data is as it was seen, and is noted down
 * in the history; isCut tells whether what did not happen may be due to the end of the job.
 */
export function graphEvaluation(job: ObservedJob, history: DataHistory, isCut: () => boolean) {
  const jid = job.key;

  /** The members of maps; those that read job data are as they were seen. */
  function mapped(
    maps: unknown,
    scope: Scope,
    seen: unknown,
    { run, leg }: { run: string; leg: Leg },
  ) {
    if (maps === undefined) return undefined;
    const values: Values = {};
    for (const [name, expression] of Object.entries(maps as object)) {
      const key = jobKey(expression);
      const value = key === undefined ? evaluate(expression, scope, jid) : member(seen, name);
      if (key !== undefined && seen !== undefined) {
        history.read({ leg, key, where: `${run} ${name}`, fits: (each) => same(each, value) });
      }
      if (value !== undefined) values[name] = value;
    }
    return values;
  }

  /** Whether a transition is taken; one that reads job data may go either way. */
  function isTaken(conditions: unknown, code: number, scope: Scope, to: { run: string; leg: Leg }) {
    if (conditions === undefined) return true;
    const codes = [member(conditions, 'code') ?? 200].flat();
    if (!codes.map(String).includes(String(code))) return false;
    const matches = (member(conditions, 'match') ?? []) as Match[];
    const isOr = member(conditions, 'gate') === 'or';
    const unknown = matches.find(({ actual }) => jobKey(actual) !== undefined);
    const holds = matches
      .filter((match) => match !== unknown)
      .map(({ expected, actual }) => evaluate(actual, scope, jid) === expected);
    if (holds.includes(isOr) && matches.length > 0) return isOr;
    if (unknown === undefined) return !isOr || matches.length === 0;
    const wasTaken = job.runs.has(to.run);
    if (wasTaken || !isCut()) {
      const fits = (value: unknown) => (value === unknown.expected) === wasTaken;
      history.read({ leg: to.leg, key: jobKey(unknown.actual) ?? '', where: to.run, fits });
    }
    return wasTaken;
  }

  /** The job data that a response writes; undefined when an expression fails. */
  function written(
    activity: Graph['activities'][string],
    code: number,
    scope: Scope,
  ): [string, unknown][] | undefined {
    const { [String(code)]: special, maps } = (activity['job'] ?? {}) as Record<string, unknown>;
    try {
      return Object.entries((special === undefined ? maps : member(special, 'maps')) ?? {}).map(
        ([key, value]) => [key, key === COUNTER ? value : evaluate(value, scope, jid)],
      );
    } catch (error) {
      if (error instanceof ExpressionError) return undefined;
      throw error;
    }
  }

  return { mapped, isTaken, written };
}
