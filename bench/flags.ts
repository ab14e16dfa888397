import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Flags {
  /** Names of the workloads to run. */
  only: string[];
  /** A fraction of the usual amounts and one round: does it run, and roughly where is it? */
  isQuick: boolean;
  rounds: number;
  /** Of those that last a second or less: one of them says little. */
  shortRounds: number;
  /** Workflows of hello; the amounts of the others follow. */
  n: number;
  /** Workflows of hello that a process runs before it counts: until then V8 still compiles. */
  warmUp: number;
  /** How long a snapshot is held while `xmin` works, in seconds. */
  hold: number;
  /** Names of the peers to measure beside it. */
  peers: string[];
  /** Results of an earlier run: a ratio that fell against them makes this one fail. */
  compare: string | undefined;
  /** The Node that all programs run under: a path, or `current`; undefined: that of npm. */
  node: string | undefined;
  /** Folder for CPU profiles of the worker processes. */
  profile: string | undefined;
  /** SQL to run after the engine is installed: to see what a change of it would bring. */
  patch: string | undefined;
  /** Print which statements the engine spent its time in. */
  statements: boolean;
  /** Where the results go. */
  out: string;
}

const FULL = 20_000;
const QUICK = 10_000;
const WARM_UP = 40_000;

/** A path as the caller wrote it: npm changes the folder before it runs a script. */
function path(given: string): string {
  return resolve(process.env['INIT_CWD'] ?? '.', given);
}

function listed(what: string, value: string | undefined, known: string[]): string[] {
  const names = value?.split(',') ?? known;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No ${what} ${unknown.join()}: ${known.join(', ')}`);
  return names;
}

export function readFlags(known: string[], peers: string[]): Flags {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      n: { type: 'string' },
      hold: { type: 'string' },
      peers: { type: 'string' },
      compare: { type: 'string' },
      node: { type: 'string' },
      profile: { type: 'string' },
      patch: { type: 'string' },
      statements: { type: 'boolean', default: false },
      out: { type: 'string', default: join(__dirname, 'dist', 'results.json') },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 5));
  const n = Number(values.n ?? (values.quick ? QUICK : FULL));
  return {
    only: listed('workload', values.only, known),
    peers: values.peers === 'none' ? [] : listed('peer', values.peers, peers),
    compare: values.compare && path(values.compare),
    isQuick: values.quick,
    rounds,
    shortRounds: values.rounds === undefined ? Math.max(rounds, 3) : rounds,
    n,
    warmUp: Math.max(n, WARM_UP),
    hold: Number(values.hold ?? (values.quick ? 8 : 600)),
    node: values.node === 'current' ? 'current' : values.node && path(values.node),
    profile: values.profile && path(values.profile),
    patch: values.patch && path(values.patch),
    statements: values.statements,
    out: path(values.out),
  };
}
