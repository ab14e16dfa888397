import { environmentNumber } from '../environment';

/**
 * For how many seconds a job that this process starts is kept once finished, if the start does not
 * say: HMSH_EXPIRE_JOB_SECONDS. Without it, as retention says: 7 days.
 */
export function defaultExpire(): { expire?: number } {
  const expire = environmentNumber('HMSH_EXPIRE_JOB_SECONDS', 0, 1e13);
  return expire === undefined ? {} : { expire };
}
