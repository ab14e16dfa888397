import { loadModule, parsePlPgSQLSync, parseSync } from 'libpg-query';

export interface SqlFunction {
  name: string;
  language: string;
  /** The whole `create function` statement. */
  text: string;
  /** What stands between the quotes; undefined for a body that is part of the statement. */
  body: string | undefined;
}

interface Statement {
  stmt: { CreateFunctionStmt?: CreateFunction };
  stmt_location?: number;
  stmt_len?: number;
}

interface CreateFunction {
  funcname: { String: { sval: string } }[];
  options: { DefElem: { defname: string; arg: Value } }[];
}

interface Value {
  String?: { sval: string };
  List?: { items: { String?: { sval: string } }[] };
}

export const parserReady = loadModule();

/** Throws what Postgres would say about the syntax of a file and of its PL/pgSQL. */
export function checkSyntax(text: string): void {
  parseSync(text);
  for (const { language, body, text: statement } of functionsOf(text)) {
    if (language === 'plpgsql') parsePlPgSQLSync(statement);
    if (language === 'sql' && body !== undefined) parseSync(body);
  }
}

export function functionsOf(text: string): SqlFunction[] {
  const bytes = Buffer.from(text);
  const { stmts } = parseSync(text) as unknown as { stmts?: Statement[] };
  return (stmts ?? []).flatMap(({ stmt, stmt_location: at = 0, stmt_len: length }) => {
    const made = stmt.CreateFunctionStmt;
    if (!made) return [];
    const option = (name: string) =>
      made.options.find(({ DefElem: { defname } }) => defname === name)?.DefElem.arg;
    const end = length === undefined ? undefined : at + length;
    const statement = bytes.subarray(at, end).toString();
    return {
      name: made.funcname.map((part) => part.String.sval).join('.'),
      language: option('language')?.String?.sval ?? 'sql',
      // Comments before a statement count as a part of it.
      text: statement.slice(Math.max(0, statement.search(/^create /im))),
      body: option('as')?.List?.items[0]?.String?.sval,
    };
  });
}
