import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Flags } from './flags';
import { SETTINGS } from './server';

/** One line of the table. */
export interface Result {
  name: string;
  unit: string;
  ours: number;
  /** What it is compared with: the limit, the exchange by hand, an empty database. */
  against?: number;
  /** The target as people say it, and whether it is met. */
  target?: string;
  isMet?: boolean;
  /** Further figures, printed under the line. */
  notes?: string[];
  /** Every measurement, for the file. */
  raw?: unknown;
}

function figure(value: number | undefined): string {
  if (value === undefined) return '';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toPrecision(3);
}

const WIDTHS = [22, 14, 11, 11, 8];

function row(cells: string[]): string {
  const padded = cells.map((cell, i) => {
    const width = WIDTHS[i];
    if (width === undefined) return ` ${cell}`;
    return i < 2 ? cell.padEnd(width) : cell.padStart(width);
  });
  return padded.join(' ').trimEnd();
}

export function printHead(): void {
  console.log(row(['', 'unit', 'ours', 'limit', 'ratio', 'target']));
}

export function printResult(result: Result): void {
  const { name, unit, ours, against, target = '', isMet, notes = [] } = result;
  const ratio = against === undefined ? '' : (ours / against).toFixed(2);
  const verdict = isMet === undefined ? target : `${target}: ${isMet ? 'met' : 'MISSED'}`;
  console.log(row([name, unit, figure(ours), figure(against), ratio, verdict]));
  for (const note of notes) console.log(`  ${note}`);
}

export function save(flags: Flags, version: string, results: Result[]): void {
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem() };
  const run = { at: new Date().toISOString(), node: process.version, postgres: version };
  const { rounds, n } = flags;
  const all = { ...run, machine, settings: SETTINGS, rounds, n, results };
  mkdirSync(dirname(flags.out), { recursive: true });
  writeFileSync(flags.out, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`\nwritten to ${flags.out}`);
}
