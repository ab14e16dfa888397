import { oracle } from './pipe-oracle';

export type Row = unknown[] | { '@pipe': Row[] } | { '@reduce': Row[] };

interface Scope {
  data: unknown;
  variables: Record<string, unknown>;
  /** The nearest row around a nested pipe. */
  outer: unknown[];
  /** Is told what a function returned. */
  onMade: (value: unknown) => void;
}

/**
 * The value of a pipe, step by step as the language is described, with JavaScript's own functions:
 * what compiled programs are compared with. It throws where evaluation fails, and bounds nothing:
 * onMade is told what each function returned.
 */
export function evaluate(rows: Row[], data: unknown, onMade: Scope['onMade']): unknown {
  return run(rows, { data, variables: {}, outer: [], onMade }, undefined);
}

function run(rows: Row[], scope: Scope, first: unknown[] | undefined): unknown {
  let prior = first;
  let queue: unknown[] = [];
  if (rows.length === 0) throw new Error('empty');
  for (const row of rows) {
    if (Array.isArray(row)) {
      if (queue.length > 0) [prior, queue] = [queue, []];
      prior = plain(row, scope, prior);
    } else if ('@pipe' in row) {
      queue.push(run(row['@pipe'], { ...scope, outer: prior ?? scope.outer }, undefined));
    } else {
      if (prior === undefined) throw new Error('no collection');
      prior = [reduce(row['@reduce'], scope, prior)];
    }
  }
  if (prior === undefined) throw new Error('no row');
  return prior[0];
}

function plain(row: unknown[], scope: Scope, prior: unknown[] | undefined): unknown[] {
  const [cell, ...rest] = row;
  if (prior === undefined) return row.map((one, at) => resolve(one, scope, at ? [] : scope.outer));
  if (!/^\{(@|\$(item|key|index|input|output))/.test(String(cell))) throw new Error('no function');
  return [resolve(cell, scope, prior), ...rest.map((one) => resolve(one, scope, []))];
}

function reduce(body: Row[], scope: Scope, [collection, start]: unknown[]): unknown {
  let output: unknown = structuredClone(start ?? null);
  const isNothing = collection === undefined || collection === null;
  const keys = isNothing ? [] : Object.keys(collection);
  keys.forEach((key, index) => {
    const item = (collection as Record<string, unknown>)[key];
    const variables = {
      $input: collection,
      $output: output,
      $item: item,
      $key: key,
      $index: index,
    };
    output = run(body, { ...scope, variables, outer: [] }, [output]);
  });
  return output;
}

function resolve(cell: unknown, scope: Scope, args: unknown[]): unknown {
  const name = typeof cell === 'string' ? /^\{(.*)\}$/.exec(cell)?.[1] : undefined;
  if (name === undefined) return cell;
  if (name.startsWith('@')) {
    const call = oracle[name.slice(1)];
    if (call === undefined) throw new Error('no such function');
    // No function changes what it is given, and two lists or objects are never the same.
    const value = call(...args.map((arg) => structuredClone(arg)));
    scope.onMade(value);
    return value;
  }
  const [start = '', ...steps] = name.split('.');
  const root = start.startsWith('$') ? scope.variables[start] : own(scope.data, start);
  return steps.reduce(own, root);
}

function own(value: unknown, step: string): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}
