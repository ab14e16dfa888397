// npm run bench: measures the engine against the limit of this machine; see README.md.
import { readFlags } from './flags';
import { Durable } from './product';
import { printHead, printResult, save, type Result } from './report';
import { startServer } from './server';
import { forgetStatements, printStatements } from './statements';
import { drainOf } from './workloads/drain';
import { idle } from './workloads/idle';
import { memory } from './workloads/memory';
import { remote10 } from './workloads/remote';
import { sleepers } from './workloads/sleepers';
import { bulk, single } from './workloads/starts';
import type { Workload } from './workloads/workload';

const workloads: Record<string, Workload> = {
  hello: drainOf('hello', 1),
  seq10: drainOf('seq10', 10),
  fan100: drainOf('fan100', 100),
  idle,
  remote10,
  bulk,
  single,
  sleepers,
  memory,
};

async function main(): Promise<void> {
  const flags = readFlags(Object.keys(workloads));
  const server = await startServer(flags);
  const results: Result[] = [];
  try {
    printHead();
    for (const name of flags.only) {
      if (flags.statements) await forgetStatements((await server.database('ours')).client);
      const found = (await workloads[name]?.({ server, flags })) ?? [];
      for (const result of found) printResult(result);
      results.push(...found);
      if (flags.statements) await printStatements(server);
    }
    save(flags, server.version, results);
  } finally {
    await Durable.shutdown();
    await server.stop();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
