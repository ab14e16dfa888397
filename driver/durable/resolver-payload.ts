import { isMarked } from '../database/codec';
import { toJson, toPayload } from '../database/json-door';
import { RatchetError } from '../errors';

const WHAT = 'resolverPayload';

/** What resolves a task: encoded, as functions and people get it, and as a graph reads it. */
export interface ResolverPayload {
  encoded: string | null;
  plain: string | null;
}

/** @throws RatchetError as `toPayload` */
export function resolverPayload(value: unknown): ResolverPayload {
  return { encoded: toPayload(value, WHAT), plain: toJson(value, WHAT) };
}

/** The engine alone knows who waits; it resolves no task of a graph with what SQL cannot read. */
export function isForGraph(answer: { reason?: string }): boolean {
  return answer.reason === 'encoded';
}

/** @throws RatchetError WF104 text that would be taken for an encoded value later */
export function forGraph({ plain }: ResolverPayload): string | null {
  if (plain === null || !isMarked(plain)) return plain;
  throw new RatchetError('WF104', `Invalid ${WHAT} of a task that a graph waits for.`, {
    detail: { option: WHAT },
    hint: 'Give text that does not begin with /b: or /s:, or an object with the text in it.',
  });
}
