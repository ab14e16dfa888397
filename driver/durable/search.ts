import { toJson } from '../database/json-door';
import { readAttributes } from '../database/data-calls';
import { checkName } from '../database/names';
import { RatchetError } from '../errors';
import { durableOperation, durably, numberedObject, type NumberedObject } from './current-turn';
import { targetOf, type HotMeshClient } from './mesh-client';
import { attributeName, searchFields, type SearchValue } from './search-fields';

/** `set('a', '1', 'b', 'x')` as an object. */
function paired(given: unknown[]): Record<string, unknown> {
  if (given.length % 2 === 1) {
    throw new RatchetError('WF104', 'search.set was given a name without a value.', {
      hint: "Give pairs, or one object: set('color', 'red') or set({ color: 'red' }).",
    });
  }
  const pairs = given.flatMap((name, at): [string, unknown][] =>
    at % 2 === 0 ? [[attributeName(name), given[at + 1]]] : [],
  );
  return Object.fromEntries(pairs);
}

function finite(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new RatchetError('WF104', `${what} was given ${String(value)} instead of a number.`, {
    hint: 'Give a finite number.',
  });
}

/**
 * The search attributes of the job: texts by name, which SQL, `handle.queryState` and `export` see
 * while it runs. Each operation is carried out in the database once, in the order of the calls, and
 * its result is recorded in the same commit. Made by `workflow.search()`.
 *
 * @example
 * const search = await Durable.workflow.search();
 * await search.set({ color: 'red' });
 * const visits = await search.incr('visits', 1);
 */
export class Search {
  /** @internal */
  constructor(private readonly object: NumberedObject) {}

  /** Sets attributes, given as an object or in pairs; returns how many. */
  set(fields: Record<string, SearchValue>): Promise<number>;
  set(...pairs: string[]): Promise<number>;
  set(...given: unknown[]): Promise<number> {
    const fields = typeof given[0] === 'string' ? paired(given) : given[0];
    return this.make('set', [searchFields(fields)]);
  }

  /** The value of an attribute; '' if there is none. */
  get(name: string): Promise<string> {
    return this.make('get', [attributeName(name)]);
  }

  /** The values of attributes, in the order of the names; '' where there is none. */
  mget(...names: string[]): Promise<string[]> {
    return this.make('mget', names.map(attributeName));
  }

  /** Adds to a number, which is 0 at first; returns the sum. */
  incr(name: string, by: number): Promise<number> {
    return this.make('incr', [attributeName(name), finite(by, 'search.incr')]);
  }

  /** Multiplies a number, which is 1 at first; returns the product. */
  mult(name: string, by: number): Promise<number> {
    return this.make('mult', [attributeName(name), finite(by, 'search.mult')]);
  }

  /** Removes attributes; returns how many there were. */
  del(...names: string[]): Promise<number> {
    return this.make('del', names.map(attributeName));
  }

  private make<T>(name: string, args: unknown[]): Promise<T> {
    return durableOperation(this.object, 'search', name, toJson(args, 'search attributes'));
  }

  /** All search attributes of a job, as texts by name. Callable anywhere. */
  static async findAllUserData(
    workflowId: string,
    hotMeshClient: HotMeshClient,
  ): Promise<Record<string, string>> {
    const { hub, namespace } = targetOf(hotMeshClient);
    const id = checkName(workflowId, 'workflowId');
    await hub.prepare();
    return readAttributes(hub.database, id, namespace);
  }
}

/** The search attributes of the workflow that is running; takes one number. */
export function search(): Promise<Search> {
  return durably(() => new Search(numberedObject('search')));
}

/** Sets search attributes of the workflow that is running. */
export function enrich(fields: Record<string, SearchValue>): Promise<true> {
  return durably(() => new Search(numberedObject('enrich')).set(fields).then(() => true as const));
}
