import { same } from './graph-expressions';

// What a job's data may have been at any moment. Legs of a job run one after the other, in an order
// that the grammar leaves open, except that whatever brings a leg about comes before it. So a read
// sees the last write before it, or one of those that may have come in between.

/** One leg of a run: it enters an activity, or goes on with its response. */
export interface Leg {
  /** The leg that brought it about. */
  before: Leg | undefined;
}

interface Read {
  leg: Leg;
  key: string;
  where: string;
  /** Whether what was seen fits a value. */
  fits: (value: unknown) => boolean;
}

/** The key of the job data that is only ever increased by one. */
export const COUNTER = 'total';

/** Whether a leg certainly comes before another. */
export function precedes(first: Leg, second: Leg): boolean {
  for (let leg = second.before; leg !== undefined; leg = leg.before) {
    if (leg === first) return true;
  }
  return false;
}

export type DataHistory = ReturnType<typeof dataHistory>;

export function dataHistory() {
  const writes = new Map<string, { leg: Leg; value: unknown }[]>();
  const counts: Leg[] = [];
  const reads: Read[] = [];

  /** What a key may have held when a leg began, or at the end. */
  function possible(key: string, leg?: Leg): unknown[] {
    const isBefore = (write: Leg) => leg === undefined || precedes(write, leg);
    if (key === COUNTER) {
      const least = counts.filter(isBefore).length;
      const after = counts.filter((c) => leg !== undefined && (c === leg || precedes(leg, c)));
      const most = counts.length - after.length;
      return Array.from({ length: most - least + 1 }, (_, at) => least + at);
    }
    const known = writes.get(key) ?? [];
    const seen = known.filter(
      (write) => leg === undefined || (write.leg !== leg && !precedes(leg, write.leg)),
    );
    const last = seen.filter(
      (write) => !seen.some((other) => isBefore(other.leg) && precedes(write.leg, other.leg)),
    );
    const values = last.map(({ value }) => value);
    return known.some((write) => isBefore(write.leg)) ? values : [...values, undefined];
  }

  return {
    write(leg: Leg, key: string, value: unknown) {
      if (value === undefined) return;
      writes.set(key, [...(writes.get(key) ?? []), { leg, value }]);
    },
    count: (leg: Leg) => void counts.push(leg),
    read: (read: Read) => void reads.push(read),
    /** The reads that no order of the legs explains. */
    faults: () =>
      reads
        .filter(({ leg, key, fits }) => !possible(key, leg).some(fits))
        .map(({ leg, key, where }) => `${where}: ${key} was ${String(possible(key, leg))}`),
    /** What is wrong with the data of the job at its end, or at any moment before. */
    dataFaults(data: Record<string, unknown> | null, isComplete: boolean) {
      const faults: string[] = [];
      const known = [COUNTER, ...writes.keys()];
      for (const key of new Set([...known, ...Object.keys(data ?? {})])) {
        const value = data?.[key];
        const values = isComplete
          ? possible(key)
          : [undefined, ...(writes.get(key) ?? []).map((write) => write.value)];
        const isRight =
          key === COUNTER && !isComplete
            ? value === undefined || Number(value) <= counts.length
            : values.some((each) => same(each, value));
        if (!isRight)
          faults.push(`data ${key}: ${JSON.stringify(value)}, not ${JSON.stringify(values)}`);
      }
      return faults;
    },
  };
}
