import { setTimeout as pause } from 'node:timers/promises';

const DEADLINE_MS = 60_000;
const LOOK_MS = 20;

/**
 * Looks until `holds` answers something truthy, and answers that. The deadline decides nothing: it
 * only ends a test that would otherwise wait for ever.
 */
export async function waitFor<T>(
  what: string,
  holds: () => Promise<T> | T,
  deadlineMs = DEADLINE_MS,
): Promise<NonNullable<T>> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const answer = await holds();
    if (answer) return answer;
    if (performance.now() > end) throw new Error(`Waited ${deadlineMs} ms in vain until ${what}.`);
    await pause(LOOK_MS);
  }
}

/** A promise that must not hang a test. */
export async function within<T>(what: string, promise: Promise<T>, deadlineMs = DEADLINE_MS) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`Waited ${deadlineMs} ms in vain for ${what}.`);
    timer = setTimeout(() => reject(error), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
