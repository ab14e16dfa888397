// A worker process's ear: commands come as messages, each is answered when it is done.

/** Runs the command that a message names; `usage` and `exit` every process knows. */
export function onCommands(commands) {
  const common = {
    async usage() {
      globalThis.gc?.();
      const { rss, heapUsed } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      return { rss, heapUsed, cpuMs: (user + system) / 1000 };
    },
    async exit() {
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
