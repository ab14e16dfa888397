/** How many functions to run, and how many activities. */
export interface Load {
  turns: number;
  activities: number;
}

const NOTHING: Load = Object.freeze({ turns: 0, activities: 0 });

export function isAny({ turns, activities }: Load): boolean {
  return turns + activities > 0;
}

export function sum(one: Load, other: Load): Load {
  return { turns: one.turns + other.turns, activities: one.activities + other.activities };
}

export function less(one: Load, other: Load): Load {
  return { turns: one.turns - other.turns, activities: one.activities - other.activities };
}

/**
 * How much more to take. A nearly full house waits until a batch is worth the call; and no call
 * takes more than half, so that the database works on one part while this process works on the
 * other.
 */
export function roomLeft(limits: Load, held: Load): Load {
  // The database counts whole ones, whatever a limit was made of.
  const turns = Math.max(Math.floor(limits.turns - held.turns), 0);
  const activities = Math.max(Math.floor(limits.activities - held.activities), 0);
  if (isFew(turns, limits.turns) && isFew(activities, limits.activities)) return NOTHING;
  return {
    turns: Math.min(turns, Math.ceil(limits.turns / 2)),
    activities: Math.min(activities, Math.ceil(limits.activities / 2)),
  };
}

function isFew(left: number, limit: number): boolean {
  return left === 0 || left < limit / 4;
}
