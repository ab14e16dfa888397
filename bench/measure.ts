import { showProgress } from './progress';

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

/** The value below which the fraction `q` of the values lies, between neighbours if need be. */
export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at % 1);
}

/** The same list in another order. */
export function shuffled<T>(list: T[]): T[] {
  const keyed = list.map((item) => ({ item, key: Math.random() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

/** How far measurements lie apart, and where their middle is. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

export function spreadOf(values: number[]): Spread {
  return { median: median(values), low: Math.min(...values), high: Math.max(...values) };
}

/**
 * Runs every side once a round, in an order that changes, so that whatever else the machine does
 * hits all alike. Returns each side's measurements, round by round; a side may give none.
 */
export async function interleaved<T>(
  rounds: number,
  sides: Record<string, () => Promise<T | undefined>>,
): Promise<Record<string, T[]>> {
  const found: Record<string, T[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of shuffled(Object.entries(sides))) {
      showProgress(`round ${round + 1} of ${rounds}: ${name}`);
      const measured = await run();
      if (measured !== undefined) (found[name] ??= []).push(measured);
    }
  }
  return found;
}

export async function seconds(run: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await run();
  return (performance.now() - started) / 1000;
}
