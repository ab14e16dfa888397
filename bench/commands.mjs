// A worker process's ear: commands come as messages, each is answered when it is done.

/**
 * Runs the command that a message names; `usage`, `cpu` and `exit` every process knows. `close` is
 * what is left to do before it exits.
 */
export function onCommands(commands) {
  const common = {
    async usage() {
      globalThis.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      return { rss, heapUsed };
    },
    /** CPU time of all its threads so far, in ms. */
    async cpu() {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    async exit() {
      await commands.close?.();
      setTimeout(() => process.exit(0), 50);
    },
  };
  process.on('message', ({ id, command, given }) => {
    const run = commands[command] ?? common[command];
    run(given).then(
      (value) => process.send({ id, value }),
      (error) => process.send({ id, error: String(error?.stack ?? error) }),
    );
  });
  process.on('disconnect', () => process.exit(1));
}
