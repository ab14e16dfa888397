// The expressions of random graphs: how they are written, and what they come to.

export const add = (left: unknown, right: unknown) => ({
  '@pipe': [[left, right], ['{@math.add}']],
});
export const concat = (left: unknown, right: unknown) => ({
  '@pipe': [[left, right], ['{@string.concat}']],
});
export const less = (left: unknown, right: unknown) => ({
  '@pipe': [[left, right], ['{@conditional.less_than}']],
});
/** Whatever it is evaluated against, it fails: a text is no list. */
export const FAILS = { '@pipe': [['{$job.metadata.jid}', 1], ['{@array.push}']] };

/** The key of the job data that a value reads, if it reads any. */
export const jobKey = (value: unknown): string | undefined =>
  typeof value === 'string' ? /^\{\$job\.data\.([^}]+)\}$/.exec(value)?.[1] : undefined;

/** What references see of one run of an activity. */
export interface Entry {
  output?: unknown;
  hook?: unknown;
  dad: string;
}
export type Scope = Record<string, Entry>;

export class ExpressionError extends Error {}

export const member = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(members.map(([key, inner]) => [key, sorted(inner)]));
}

/** Whether two values are the same JSON. */
export const same = (one: unknown, other: unknown) =>
  JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));

function reference(path: string, scope: Scope, jid: string): unknown {
  const [owner = '', part = '', ...rest] = path.split('.');
  if (owner === '$job') return jid;
  const entry = scope[owner];
  if (rest[0] === 'metadata') return entry?.dad;
  return rest.slice(1).reduce(member, part === 'hook' ? entry?.hook : entry?.output);
}

/** The value of an expression that reads no job data. */
export function evaluate(value: unknown, scope: Scope, jid: string): unknown {
  if (typeof value === 'string') {
    const path = /^\{([^@}]+)\}$/.exec(value)?.[1];
    return path === undefined ? value : reference(path, scope, jid);
  }
  const rows = member(value, '@pipe') as [unknown[], [string]] | undefined;
  if (rows === undefined) return value;
  const [left, right] = rows[0].map((cell) => evaluate(cell, scope, jid));
  switch (rows[1][0]) {
    case '{@math.add}':
      return Number(left) + Number(right);
    case '{@string.concat}':
      return `${String(left)}${String(right)}`;
    case '{@conditional.less_than}':
      return Number(left) < Number(right);
    default:
      throw new ExpressionError(rows[1][0]);
  }
}
