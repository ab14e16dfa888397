const COLOURS = { red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90 };
export type Colour = keyof typeof COLOURS;

const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;
const started = performance.now();

function paint(colour: Colour, text: string): string {
  return isColoured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text;
}

/** A line of what happens: when, counted from the start; who; what. */
export function say(who: string, what: string, colour: Colour = 'grey'): void {
  const seconds = ((performance.now() - started) / 1_000).toFixed(2).padStart(6);
  console.log(`${paint('grey', `${seconds}s`)}  ${paint(colour, who.padEnd(16))} ${what}`);
}

export function title(text: string): void {
  console.log(`\n${paint('cyan', text)}`);
}

/** Rows as psql would show them. */
export function table(rows: object[]): void {
  if (rows.length > 0) grid(rows);
  console.log(`(${rows.length} ${rows.length === 1 ? 'row' : 'rows'})`);
}

function grid(rows: object[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const cells = [columns, ...rows.map((row) => Object.values(row).map(cell))];
  const widths = columns.map((_, i) => Math.max(...cells.map((line) => line[i]?.length ?? 0)));
  for (const [index, line] of cells.entries()) {
    const padded = line.map((text, i) => ` ${text.padEnd(widths[i] ?? 0)} `);
    console.log(padded.join('|').trimEnd());
    if (index === 0) console.log(widths.map((width) => '-'.repeat(width + 2)).join('+'));
  }
}

function cell(value: unknown): string {
  if (value === null) return '';
  if (value instanceof Date) return value.toISOString().slice(11, 23);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
