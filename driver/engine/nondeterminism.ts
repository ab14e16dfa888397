import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { join, sep } from 'node:path';
import timers from 'node:timers';
import promises from 'node:timers/promises';
import { log } from '../log';
import { context } from './context';

const TIME = 'take the time in an activity';
const CHANCE = 'use workflow.random(), or take it in an activity';
const PAUSE = 'use workflow.sleep()';

type Watched = [owner: object, prefix: string, names: string[], advice: string];

/** Objects whose functions are watched, and what to call instead. */
const WATCHED: Watched[] = [
  [Date, 'Date.', ['now'], TIME],
  [performance, 'performance.', ['now'], TIME],
  [process.hrtime, 'process.hrtime.', ['bigint'], TIME],
  [process, 'process.', ['hrtime'], TIME],
  [Math, 'Math.', ['random'], 'use workflow.random()'],
  [globalThis.crypto, 'crypto.', ['randomUUID', 'getRandomValues'], CHANCE],
  [crypto, 'crypto.', ['randomUUID', 'getRandomValues', 'randomBytes', 'randomInt'], CHANCE],
  [globalThis, '', ['setTimeout', 'setInterval', 'setImmediate'], PAUSE],
  [timers, '', ['setTimeout', 'setInterval', 'setImmediate'], PAUSE],
  [promises, 'timers/promises.', ['setTimeout', 'setInterval', 'setImmediate'], PAUSE],
  [globalThis, '', ['fetch'], 'fetch in an activity'],
];

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

function note(what: string, advice: string): void {
  const current = context.getStore();
  if (current?.kind !== 'workflow') return;
  const site = callSite();
  if (site === undefined || seen.has(`${what} ${site}`)) return;
  seen.add(`${what} ${site}`);
  const { workflow } = current.turn.work;
  const message = `workflow ${workflow} calls ${what}, which a replay will not repeat: ${advice}`;
  log('warn', message, site);
}

type Callable = (...args: never[]) => unknown;

function watch(owner: object, name: string, what: string, advice: string): void {
  const original = Reflect.get(owner, name) as Callable;
  const watched = function (this: unknown, ...args: never[]) {
    note(what, advice);
    return original.apply(this, args);
  };
  // What hangs on the function, such as util.promisify's, stays.
  Object.setPrototypeOf(watched, original);
  Reflect.set(owner, name, watched);
}

/**
 * Warns, once a place, of what makes a workflow function run otherwise the second time. Globals and
 * functions of built-in modules are replaced for the whole process, and pass through everything
 * outside of workflow functions.
 */
export function watchGlobals(): void {
  if (isWatching) return;
  isWatching = true;
  for (const [owner, prefix, names, advice] of WATCHED) {
    for (const name of names) watch(owner, name, prefix + name, advice);
  }
  // ES modules have bound the functions that they import by name.
  syncBuiltinESMExports();
  globalThis.Date = new Proxy(Date, {
    apply(target, self, args: never[]) {
      note('Date()', TIME);
      return Reflect.apply(target, self, args) as string;
    },
    construct(target, args: never[], newTarget) {
      if (args.length === 0) note('new Date()', TIME);
      return Reflect.construct(target, args, newTarget) as Date;
    },
  });
}
