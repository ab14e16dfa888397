// npm run bench: measures the engine against the limit of this machine; see README.md.
import { dirname, join } from 'node:path';
import { saveCharts } from './charts';
import { compare, readSaved } from './compare';
import { readFlags } from './flags';
import { chooseNode } from './node';
import { printAbsences } from './peers/absences';
import { availablePeers } from './peers/install';
import { PEERS } from './peers/peers';
import { Durable } from './product';
import { beginWorkload, hideProgress } from './progress';
import { printHead, printResult, save, type Result } from './report';
import { startServer } from './server';
import { forgetStatements, printStatements } from './statements';
import { history, sleepers } from './workloads/beside';
import { children } from './workloads/children';
import { graphCycle, graphMap, graphPublish } from './workloads/graph-alone';
import { graph10, graphFan100 } from './workloads/graph-workers';
import { idle } from './workloads/idle';
import { latency } from './workloads/latency';
import { memory } from './workloads/memory';
import { million } from './workloads/million';
import { processes } from './workloads/processes';
import { queues } from './workloads/queues';
import { remote10 } from './workloads/remote';
import { signals } from './workloads/signals';
import { bulk, single } from './workloads/starts';
import { throughputOf } from './workloads/throughput';
import type { Workload } from './workloads/workload';
import { xmin } from './workloads/xmin';

const workloads: Record<string, Workload> = {
  hello: throughputOf('hello', 1),
  seq10: throughputOf('seq10', 10),
  fan100: throughputOf('fan100', 100),
  idle,
  latency,
  remote10,
  signals,
  children,
  bulk,
  million,
  single,
  sleepers,
  history,
  processes,
  queues,
  xmin,
  graph10,
  graphFan100,
  graphPublish,
  graphCycle,
  graphMap,
  memory,
};

async function main(): Promise<number> {
  const flags = readFlags(Object.keys(workloads), Object.keys(PEERS));
  const saved = readSaved(flags.compare);
  chooseNode(flags.node);
  flags.peers = availablePeers(flags.peers);
  const server = await startServer(flags);
  const results: Result[] = [];
  try {
    printHead(server.version);
    for (const [index, name] of flags.only.entries()) {
      beginWorkload(name, index, flags.only.length);
      if (flags.statements) await forgetStatements((await server.database('ours')).client);
      const found = (await workloads[name]?.({ server, flags })) ?? [];
      hideProgress();
      for (const result of found) printResult(result);
      results.push(...found);
      if (flags.statements) await printStatements(server);
    }
    printAbsences();
    save(flags, server.version, results);
    saveCharts(join(dirname(flags.out), 'charts'), results);
    return saved !== undefined && compare(saved, results, flags) > 0 ? 1 : 0;
  } finally {
    await Durable.shutdown();
    await server.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
