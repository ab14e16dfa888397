/** What an element of an array parameter may be. */
export type Element = string | number | boolean | null | undefined;

/** What JSON escapes with other letters than Postgres: control characters, halves of characters. */
const OTHER_ESCAPE = /(?<!\\)(?:\\\\)*\\[bfnrtu]/;

/**
 * An array as Postgres reads it. pg would make the same text, at many times the cost and with far
 * more garbage: that is felt where every step fills a dozen arrays. But for its brackets it is the
 * text that JSON has for it, which is made at once, unless a text holds what is rarely seen.
 * Numbers must be finite.
 */
export function arrayLiteral(elements: readonly Element[]): string {
  const json = JSON.stringify(elements);
  const list = OTHER_ESCAPE.test(json) ? elements.map(literal).join(',') : json.slice(1, -1);
  return `{${list}}`;
}

function literal(element: Element): string {
  if (element === null || element === undefined) return 'NULL';
  if (typeof element !== 'string') return String(element);
  return `"${element.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
