import { precedes, type Leg } from './graph-history';

/** The most activities that may have been open when one was entered, itself included. */
function mostOpen(entry: Leg, entries: Leg[]): number {
  const beside = entries.filter(
    (other) => other !== entry && !precedes(other, entry) && !precedes(entry, other),
  );
  return 1 + beside.filter((one) => !beside.some((other) => precedes(one, other))).length;
}

/** A run that was not skipped though it has a threshold. */
export interface Limited {
  run: string;
  leg: Leg;
  limit: number;
}

/** The runs that should have been skipped, since so few activities were open. */
export const notSkipped = (limited: Limited[], entries: Leg[]) =>
  limited
    .filter(({ leg, limit }) => mostOpen(leg, entries) <= limit)
    .map(({ run }) => `${run} was not skipped`);
