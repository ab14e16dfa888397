import { join, sep } from 'node:path';
import { log } from '../log';
import { context } from './context';

/** What to call instead. */
const ADVICE: Record<string, string> = {
  'Date.now': 'take the time in an activity',
  'new Date()': 'take the time in an activity',
  'Math.random': 'use workflow.random()',
  setTimeout: 'use workflow.sleep()',
  setInterval: 'use workflow.sleep()',
  fetch: 'fetch in an activity',
};

const driver = join(__dirname, '..') + sep;
const seen = new Set<string>();
let isWatching = false;

/** The line that called, if it is the user's own: libraries read the clock for themselves. */
function callSite(): string | undefined {
  const [, , , , site = ''] = (new Error().stack ?? '').split('\n');
  const isForeign =
    site.includes(driver) || site.includes('node_modules') || site.includes('node:');
  return isForeign || site === '' ? undefined : site.trim();
}

function note(what: string): void {
  const current = context.getStore();
  if (current?.kind !== 'workflow') return;
  const site = callSite();
  if (site === undefined || seen.has(`${what} ${site}`)) return;
  seen.add(`${what} ${site}`);
  const { workflow } = current.turn.work;
  const advice = ADVICE[what] ?? '';
  const message = `workflow ${workflow} calls ${what}, which a replay will not repeat: ${advice}`;
  log('warn', message, site);
}

type Callable = (...args: never[]) => unknown;

function watch(owner: object, name: string, what: string): void {
  const original = Reflect.get(owner, name) as Callable;
  const watched = function (this: unknown, ...args: never[]) {
    note(what);
    return original.apply(this, args);
  };
  // What hangs on the function, such as util.promisify's, stays.
  Object.setPrototypeOf(watched, original);
  Reflect.set(owner, name, watched);
}

/**
 * Warns, once a place, of what makes a workflow function run otherwise the second time. The globals
 * are replaced for the whole process, and pass through everything outside of workflow functions.
 */
export function watchGlobals(): void {
  if (isWatching) return;
  isWatching = true;
  watch(Date, 'now', 'Date.now');
  watch(Math, 'random', 'Math.random');
  for (const name of ['setTimeout', 'setInterval', 'fetch']) watch(globalThis, name, name);
  globalThis.Date = new Proxy(Date, {
    construct(target, args: never[], newTarget) {
      if (args.length === 0) note('new Date()');
      return Reflect.construct(target, args, newTarget) as Date;
    },
  });
}
