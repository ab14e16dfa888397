import { isConnectionError } from './connection-errors';

const FIRST_MS = 20;
const LONGEST_MS = 2_000;

/** Waits longer from try to try, with jitter, so that a fleet does not come back in one instant. */
export function backoff(attempt: number, longestMs = LONGEST_MS): Promise<void> {
  const longest = Math.min(FIRST_MS * 2 ** Math.min(attempt, 20), longestMs);
  return new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
}

/** Repeats what may be repeated, as long as only the connection is at fault. */
export async function repeatOnOutage<T>(most: number, act: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isConnectionError(error) || attempt >= most) throw error;
      await backoff(attempt);
    }
  }
}
