import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { costLine, type CostOf } from './cost';
import type { Flags } from './flags';
import type { Spread } from './measure';
import { absences } from './peers/absences';
import { nodeProgram } from './node';
import { versionOf } from './peers/install';
import { SETTINGS } from './server';

/** One line of the table, and one more for each peer. */
export interface Result {
  name: string;
  unit: string;
  ours: number;
  /** What it is compared with: the limit, the exchange by hand, an empty database. */
  against?: number;
  /** How far the measurements of the two lie apart. */
  oursSpread?: Spread;
  againstSpread?: Spread;
  /** The target as people say it, and whether it is met. */
  target?: string;
  isMet?: boolean;
  peers?: PeerFigure[];
  /** What a workflow of each program cost, printed under the line. */
  costs?: CostOf[];
  /** Further figures, printed under the line. */
  notes?: string[];
  /** Every measurement, for the file. */
  raw?: unknown;
}

/** The same work done by a peer. */
export interface PeerFigure {
  name: string;
  /** Where it counts something else: jobs instead of workflows. */
  unit?: string;
  spread: Spread;
  /** The target beside it, where there is one. */
  target?: string;
  isMet?: boolean;
}

/** Times are better the shorter, everything else is a rate. */
export function isTime(unit: string): boolean {
  return /^ms\b/.test(unit);
}

export function figure(value: number | undefined): string {
  if (value === undefined) return '';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

function withSpread(value: number | undefined, spread: Spread | undefined): string {
  if (value === undefined || spread === undefined || spread.low === spread.high) {
    return figure(value);
  }
  const half = (spread.high - spread.low) / 2 / spread.median;
  return `${figure(value)} ±${Math.round(half * 100)}%`;
}

const WIDTHS = [22, 16, 7, 15, 15, 12];

function row(cells: string[]): string {
  const padded = cells.map((cell, i) => {
    const width = WIDTHS[i];
    if (width === undefined) return cell;
    return i < 2 || i === 5 ? cell.padEnd(width) : cell.padStart(width);
  });
  return padded.join(' ').trimEnd();
}

export function printHead(postgres: string): void {
  console.log(`Node ${nodeProgram().version.slice(1)}, Postgres ${postgres}`);
  console.log(row(['', 'against', 'ratio', 'ours', 'theirs', 'unit', 'target']));
}

function ratioOf(ours: number, theirs: number | undefined): string {
  if (theirs === undefined) return '';
  const ratio = ours / theirs;
  if (ratio >= 10) return ratio.toFixed(1);
  return ratio.toFixed(ratio < 0.1 ? 3 : 2);
}

function verdictOf({ target = '', isMet }: { target?: string; isMet?: boolean }): string {
  return isMet === undefined ? target : `${target}: ${isMet ? 'met' : 'MISSED'}`;
}

export function printResult(result: Result): void {
  const { name, unit, ours, against, peers = [], costs = [], notes = [] } = result;
  const own = withSpread(ours, result.oursSpread);
  const theirs = withSpread(against, result.againstSpread);
  const limit = against === undefined ? '' : 'limit';
  console.log(row([name, limit, ratioOf(ours, against), own, theirs, unit, verdictOf(result)]));
  for (const peer of peers) {
    const { median } = peer.spread;
    const cells = ['', peer.name, ratioOf(ours, median), own, withSpread(median, peer.spread)];
    console.log(row([...cells, peer.unit ?? unit, verdictOf(peer)]));
  }
  for (const note of [...costs.map(costLine), ...notes]) console.log(`  ${note}`);
}

export function save(flags: Flags, version: string, results: Result[]): void {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem() };
  const run = { at: new Date().toISOString(), node: nodeProgram().version, postgres: version };
  const { rounds, n } = flags;
  const peers = Object.fromEntries(flags.peers.map((name) => [name, versionOf(name)]));
  const measured = { peers, absences: absences(), results };
  const all = { ...run, machine, settings: SETTINGS, rounds, n, ...measured };
  mkdirSync(dirname(flags.out), { recursive: true });
  writeFileSync(flags.out, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`\nwritten to ${flags.out}`);
}
