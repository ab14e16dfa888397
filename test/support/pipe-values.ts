/** A special value, as the mapping language writes it where JSON cannot. */
const tagged = (name: string) => ({ $: name });

/** A JavaScript value as the SQL functions take and give it. */
export function tag(value: unknown): unknown {
  if (value === undefined) return tagged('undefined');
  if (typeof value === 'number') {
    if (Object.is(value, -0)) return tagged('-0');
    return Number.isFinite(value) ? value : tagged(String(value));
  }
  if (value instanceof Date) {
    return { $: 'date', value: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  }
  if (Array.isArray(value)) return Array.from(value, tag);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, tag(item)]));
  }
  return value;
}

/** The JavaScript value of a tagged one. */
export function untag(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(untag);
  if (typeof value !== 'object' || value === null) return value;
  const special = (value as { $?: string }).$;
  if (special === undefined) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, untag(item)]));
  }
  if (special === 'undefined') return undefined;
  if (special === 'date') return new Date((value as { value?: string }).value ?? NaN);
  return Number(special);
}

/** Tagged values in one spelling: keys in order, undefined members absent, undefined items null. */
export function normal(value: unknown): unknown {
  const isUndefined = (item: unknown) => (item as { $?: string } | null)?.$ === 'undefined';
  if (Array.isArray(value)) return value.map((item) => (isUndefined(item) ? null : normal(item)));
  // A number may be in range for Postgres only.
  if (typeof value === 'number' && !Number.isFinite(value)) return tag(value);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, item]) => !isUndefined(item));
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, item]) => [key, normal(item)]));
}

export const same = (a: unknown, b: unknown) =>
  JSON.stringify(normal(a)) === JSON.stringify(normal(b));

/** The SQLSTATE of an expression that failed, where a value is expected. */
export const failure = (code = 'WF107') => ({ failed: code });
