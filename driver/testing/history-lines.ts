import { isHookAddress, threadOf } from '../engine/address';
import type { StoredStep } from '../replay/stored-history';

/** `activity charge`, `sleep`, `wait approval open`, `activity charge failed`. */
function lineOf({ address, kind, name, isDone, isFailed }: StoredStep): string {
  const end = isDone ? (isFailed ? ' failed' : '') : ' open';
  const what = kind === name || name.startsWith(`${kind}.`) ? name : `${kind} ${name}`;
  const thread = threadOf(address);
  return `${isHookAddress(thread) ? `hook ${thread.slice(1)}: ` : ''}${what}${end}`;
}

/** Where a row stands: its thread, its place there, and its number within that place. */
function placeOf({ address, position }: StoredStep): number[] | undefined {
  const [, thread, generation, hook, at] = /^((?:\$(\d+)|h(\d+))?)(?:#(\d+))?$/.exec(address) ?? [];
  if (thread === undefined) return undefined;
  const order = hook === undefined ? [0, Number(generation ?? 0)] : [1, Number(hook)];
  return [...order, ...(at === undefined ? [position, 0] : [Number(at), position])];
}

function compare(left: number[], right: number[]): number {
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

/** The calls of a job, a line each: generation after generation, then hook after hook. */
export function historyLines(steps: readonly StoredStep[]): string[] {
  return steps
    .flatMap((step) => {
      const place = placeOf(step);
      return place === undefined ? [] : [{ step, place }];
    })
    .sort((left, right) => compare(left.place, right.place))
    .map(({ step }) => lineOf(step));
}
