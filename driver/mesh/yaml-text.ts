import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { invalidGraph } from './graph-error';

/** Where something stands in a text; both count from 1. */
export interface Position {
  line: number;
  column: number;
}

export interface YamlText {
  value: unknown;
  /** Where a value stands, or its key; where it is missing, the nearest that is around it. */
  positionOf: (path: readonly string[]) => Position;
}

/** More than any hand writes, few enough that a text of aliases cannot fill the memory. */
const MAX_ALIASES = 1_000;

/**
 * Reads YAML (and so JSON) so that every value can be found again in the text.
 *
 * @param file named in errors; undefined for a text without a file
 * @throws RatchetError WF106 with the line and the column of each mistake
 */
export function readYaml(text: string, file: string | undefined): YamlText {
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, merge: true } as const;
  const document = parseDocument(text, options);
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const failures = document.errors.map(({ message, pos }) => ({ message, ...at(pos[0]) }));
  visit(document, {
    Scalar: (_key, scalar) => {
      if (typeof scalar.value !== 'number' || Number.isFinite(scalar.value)) return;
      const message = `${scalar.source ?? 'this'} is no number that JSON can hold`;
      failures.push({ message, ...at(scalar.range?.[0] ?? 0) });
    },
    Alias: (_key, alias) => {
      if (alias.resolve(document) !== undefined) return;
      const message = `the alias *${alias.source} stands for nothing before it`;
      failures.push({ message, ...at(alias.range?.[0] ?? 0) });
    },
  });
  let value: unknown;
  try {
    if (failures.length === 0) value = document.toJS({ maxAliasCount: MAX_ALIASES });
    JSON.stringify(value); // throws for an alias within what it stands for
  } catch (error) {
    failures.push({ message: error instanceof Error ? error.message : String(error), ...at(0) });
  }
  if (failures.length > 0) {
    throw invalidGraph(
      failures.map((failure) => ({ severity: 'error', path: [], file, ...failure })),
    );
  }
  return { value, positionOf: (path) => at(offsetOf(document, path)) };
}

function offsetOf(document: Document, path: readonly string[]): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const inner = resolved(document, node);
    const found = isMap(inner) ? pairOf(document, inner, step) : undefined;
    const next = isSeq(inner) ? inner.items[Number(step)] : found?.value;
    const start = startOf(found?.key ?? next);
    if (start === undefined) break;
    offset = start;
    node = next;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function resolved(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** A member of a map, or of a map that is merged into it. */
function pairOf(document: Document, map: YAMLMap, step: string): Pair | undefined {
  const named = (name: string) =>
    map.items.find(({ key }) => isScalar(key) && keyText(key.value) === name);
  const own = named(step);
  if (own !== undefined) return own;
  const merged = resolved(document, named('<<')?.value);
  for (const source of isSeq(merged) ? merged.items : [merged]) {
    const inner = resolved(document, source);
    const found = isMap(inner) ? pairOf(document, inner, step) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function keyText(key: unknown): string {
  return typeof key === 'symbol' ? '<<' : String(key);
}
