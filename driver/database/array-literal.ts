/** What an element of an array parameter may be. */
export type Element = string | number | boolean | null | undefined;

/**
 * An array as Postgres reads it. pg would make the same text, at twice the cost and with far more
 * garbage: that is felt where every step fills a dozen arrays.
 */
export function arrayLiteral(elements: readonly Element[]): string {
  return `{${elements.map(literal).join(',')}}`;
}

function literal(element: Element): string {
  if (element === null || element === undefined) return 'NULL';
  return typeof element === 'string' ? `"${escaped(element)}"` : String(element);
}

/** Looking first is cheap, and most texts need nothing. */
function escaped(text: string): string {
  const slashed = text.includes('\\') ? text.replaceAll('\\', '\\\\') : text;
  return slashed.includes('"') ? slashed.replaceAll('"', '\\"') : slashed;
}
