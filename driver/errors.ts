import { ERROR_CODES, type ErrorCode } from './error-codes';

export { isConnectionError, isTransient } from './connection-errors';

/** The codes of this version, `'WF101'` and so on. */
export type RatchetCode = keyof typeof ERROR_CODES;

export interface RatchetErrorOptions {
  /** The variables of the message. */
  detail?: Record<string, unknown> | undefined;
  /** Advice; the general advice of the code when absent. */
  hint?: string | undefined;
  cause?: unknown;
}

/** A server with a newer schema may raise a code that this driver does not know yet. */
const UNKNOWN_CODE: ErrorCode = {
  name: 'RatchetError',
  retry: false,
  meaning: 'The engine in the database raised a code that this driver does not know.',
  advice: 'Upgrade the driver to the version of the schema.',
};

/** The row of the table for a code; the row for unknown codes when it is none of ours. */
export function describeCode(code: string): ErrorCode {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as RatchetCode] : UNKNOWN_CODE;
}

/**
 * Every error of the engine, raised by the driver or by a SQL function.
 *
 * @example
 * try { await client.workflow.start(options); }
 * catch (e) { if (e instanceof RatchetError && e.code === 'WF301') return; throw e; }
 */
export class RatchetError extends Error {
  /** SQLSTATE, class `WF`. */
  readonly code: string;
  readonly detail?: Record<string, unknown>;
  /** What to do next. */
  readonly hint?: string;
  /** The same call, repeated unchanged, may succeed. */
  readonly retryable: boolean;

  constructor(
    code: RatchetCode | (string & {}),
    message: string,
    options: RatchetErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    const row = describeCode(code);
    Object.defineProperty(this, 'name', { value: row.name, configurable: true, writable: true });
    this.code = code;
    if (options.detail !== undefined) this.detail = options.detail;
    this.hint = options.hint ?? row.advice;
    this.retryable = row.retry;
    // Again, because the first line of the stack was written before the name was known.
    Error.captureStackTrace(this, new.target);
  }
}

function parseDetail(detail: unknown): Record<string, unknown> | undefined {
  if (typeof detail !== 'string' || detail === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(detail);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Record<string, unknown>;
    }
  } catch {
    // Not JSON: a constraint's own detail, for example.
  }
  return { text: detail };
}

/** Turns a pg error of class `WF` into a RatchetError; anything else comes back as it is. */
export function fromPg(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RatchetError) return error;
  const { code, detail, hint } = error as { code?: unknown; detail?: unknown; hint?: unknown };
  if (typeof code !== 'string' || !/^WF[0-9A-Z]{3}$/.test(code)) return error;
  return new RatchetError(code, error.message, {
    detail: parseDetail(detail),
    hint: typeof hint === 'string' && hint !== '' ? hint : undefined,
    cause: error,
  });
}
