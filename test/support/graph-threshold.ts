import { precedes, type Leg } from './graph-history';

/** The most activities that may have been open when one was entered, itself included. */
export function mostOpen(entry: Leg, entries: Leg[]): number {
  const beside = entries.filter(
    (other) => other !== entry && !precedes(other, entry) && !precedes(entry, other),
  );
  return 1 + beside.filter((one) => !beside.some((other) => precedes(one, other))).length;
}
