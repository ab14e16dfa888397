/** The fields of a job that were asked for; null for those that it does not have. */
export function pickFields(
  stored: Record<string, unknown>,
  fields: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => {
      const literal = /^"(.*)"$/s.exec(field)?.[1];
      const name = literal ?? `_${field}`;
      return [literal ?? field, Object.hasOwn(stored, name) ? stored[name] : null];
    }),
  );
}
