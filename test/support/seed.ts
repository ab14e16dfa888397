import type { ExecutionContext } from 'ava';

/** Numbers in [0, 1), the same for the same seed. */
export interface Random {
  (): number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
  shuffled<T>(items: readonly T[]): T[];
}

/** Every random choice of a test comes from this; the seed is in the log: SEED=… repeats it. */
export function seeded(t: ExecutionContext<unknown>): Random {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000_007);
  t.log(`SEED=${seed}`);
  return randomOf(seed);
}

/** mulberry32. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const shuffled = <T>(items: readonly T[]) => {
    const rest = [...items];
    const taken: T[] = [];
    while (rest.length > 0) taken.push(...rest.splice(below(rest.length), 1));
    return taken;
  };
  return Object.assign(next, { below, shuffled });
}
