import { log } from '../log';

/**
 * For how many seconds a job that this process starts is kept once finished, if the start does not
 * say: HMSH_EXPIRE_JOB_SECONDS. Without it, as retention says: 7 days.
 */
export function defaultExpire(): { expire?: number } {
  const text = process.env['HMSH_EXPIRE_JOB_SECONDS'];
  if (text === undefined || text.trim() === '') return {};
  const expire = Number(text);
  if (expire >= 0 && expire <= 1e13) return { expire };
  log('warn', `HMSH_EXPIRE_JOB_SECONDS is no number of seconds: ${text}`);
  return {};
}
