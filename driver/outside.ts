import { AsyncResource } from 'node:async_hooks';

/** The context in which this module was loaded: that of nobody, unless a request loaded it. */
const nowhere = new AsyncResource('pgratchet');

/**
 * Runs it where nobody's asynchronous context is. A job is no part of what its starter does, or
 * another job: neither's transaction or request is to be found in an AsyncLocalStorage. So what a
 * process does for all its jobs runs here.
 */
export function outside<T>(act: () => T): T {
  return nowhere.runInAsyncScope(act);
}
