import { RatchetError } from '../errors';

/**
 * An operation on the data of a job that was refused. The refusal is in the history: each run of
 * the function would get it again.
 */
export class RecordedRefusal extends RatchetError {}
