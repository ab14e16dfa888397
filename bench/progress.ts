// One line on a terminal that says what is being measured and how far it is.

const WIDTH = 20;

let at = { name: '', index: 0, count: 1 };
const started = performance.now();

function clear(): void {
  process.stderr.write('\r\x1b[K');
}

/** Says which workload begins. */
export function beginWorkload(name: string, index: number, count: number): void {
  at = { name, index, count };
  showProgress('');
}

export function showProgress(detail: string): void {
  if (!process.stderr.isTTY) return;
  const filled = Math.round((at.index / at.count) * WIDTH);
  const bar = '█'.repeat(filled).padEnd(WIDTH, '░');
  const elapsed = `${Math.round((performance.now() - started) / 1000)} s`;
  const line = `${bar} ${at.index + 1}/${at.count} ${at.name} ${detail} ${elapsed}`;
  clear();
  process.stderr.write(line.slice(0, (process.stderr.columns || 80) - 1));
}

/** Makes room for a line of the table. */
export function hideProgress(): void {
  if (process.stderr.isTTY) clear();
}
