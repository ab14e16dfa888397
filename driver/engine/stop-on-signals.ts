let isStopping = false;

/**
 * A worker that is told to end hands its work back first, so that others go on at once. Where the
 * program listens for the signal itself, ending the process is left to it.
 */
export function stopOnSignals(close: () => Promise<void>): void {
  if (isStopping) return;
  isStopping = true;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const stop = () => {
      const isAlone = process.listenerCount(signal) === 0;
      void close().finally(() => {
        if (isAlone) process.kill(process.pid, signal);
      });
    };
    process.once(signal, stop);
  }
}
