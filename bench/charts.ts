import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Spread } from './measure';
import { figure, isTime, type Result } from './report';

const WIDTH = 640;
const LABELS = 150;
const BARS = 360;
const LINE = 26;
const HEAD = 44;

interface Bar {
  label: string;
  value: number;
  spread: Spread | undefined;
  unit: string;
  colour: string;
}

function barsOf({ unit, ours, against, oursSpread, againstSpread, peers = [] }: Result): Bar[] {
  const bars: Bar[] = [{ label: 'ours', value: ours, spread: oursSpread, unit, colour: '#2563eb' }];
  if (against !== undefined) {
    const spread = againstSpread;
    bars.push({ label: 'limit', value: against, spread, unit, colour: '#64748b' });
  }
  for (const { name, spread, unit: counted = unit } of peers) {
    const value = spread.median;
    bars.push({ label: name, value, spread, unit: counted, colour: '#f59e0b' });
  }
  return bars;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** A bar, a line from the least to the most that was measured, and the median in figures. */
function drawBar({ label, value, spread, unit, colour }: Bar, top: number, most: number): string {
  const width = (of: number) => (of / most) * BARS;
  const middle = top + LINE / 2;
  const [low, high] = [spread?.low ?? value, spread?.high ?? value].map((x) => LABELS + width(x));
  const figures = LABELS + width(Math.max(value, spread?.high ?? value)) + 8;
  return [
    `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${label}</text>`,
    `<rect x="${LABELS}" y="${top + 4}" width="${width(value).toFixed(1)}" height="${LINE - 8}"`,
    `  fill="${colour}"/>`,
    `<line x1="${low?.toFixed(1)}" x2="${high?.toFixed(1)}" y1="${middle}" y2="${middle}"`,
    `  stroke="#0f172a"/>`,
    `<text x="${figures.toFixed(1)}" y="${middle + 4}">${figure(value)} ${unit}</text>`,
  ].join('\n');
}

/** A bar chart of one result, as an SVG document. */
export function chartOf(result: Result): string {
  const bars = barsOf(result);
  const most = Math.max(...bars.map(({ value, spread }) => Math.max(value, spread?.high ?? 0)));
  const height = HEAD + bars.length * LINE + 12;
  const better = isTime(result.unit) ? 'shorter is better' : 'longer is better';
  const name = `<tspan font-weight="bold">${escaped(result.name)}</tspan>`;
  const style = 'font: 13px system-ui, sans-serif; fill: #0f172a';
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}">`,
    `<style>text { ${style} }</style>`,
    `<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>`,
    `<text x="12" y="26">${name}: ${better}</text>`,
    ...bars.map((bar, i) => drawBar(bar, HEAD + i * LINE, most)),
    '</svg>',
    '',
  ].join('\n');
}

/** Writes a chart for every result that is compared with something. */
export function saveCharts(folder: string, results: Result[]): void {
  mkdirSync(folder, { recursive: true });
  for (const result of results) {
    if (result.against === undefined && result.peers === undefined) continue;
    const file = `${result.name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.svg`;
    writeFileSync(join(folder, file), chartOf(result));
  }
  console.log(`charts in ${folder}`);
}
