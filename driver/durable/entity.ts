import { toJsonb } from '../database/jsonb-door';
import { checkText } from '../database/names';
import { RatchetError } from '../errors';
import { durableOperation, durably, numberedObject, type NumberedObject } from './current-turn';
import { createIndex, find, findByCondition, findById } from './entity-queries';

export type EntityDocument = Record<string, unknown>;

/** `T`, which has to be given: the argument does not say what it is. */
type Named<T> = [T][T extends unknown ? 0 : never];

const MAX_PATH = 2_048;

function checkPath(path: unknown, what: string): string {
  const isPath =
    typeof path === 'string' && path.length <= MAX_PATH && !/^$|^\.|\.\.|\.$/.test(path);
  if (isPath) return checkText(path, `path of entity.${what}`);
  throw new RatchetError('WF104', `entity.${what} was given ${JSON.stringify(path)} as its path.`, {
    hint: "Give names with dots between them: 'customer.address.city'.",
  });
}

function checkDocument(value: unknown, what: string): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new RatchetError('WF104', `entity.${what} was given no object.`, {
    hint: 'The entity of a job is an object: give one, or change a part of it by its path.',
  });
}

/**
 * The entity of the job: one JSON document, shared by its functions. Each operation is carried out
 * in the database once, in the order of the calls, and its result is recorded in the same commit;
 * those of other functions of the job come before or after it, never between. Paths are dotted, and
 * missing objects on them are made. Made by `workflow.entity()`.
 *
 * @example
 * const entity = await Durable.workflow.entity();
 * await entity.set({ customer: { name: 'Ada' }, visits: 0 });
 * await entity.merge({ customer: { city: 'London' } });
 * await entity.increment('visits');
 */
export class Entity<D extends object = EntityDocument> {
  /** @internal */
  constructor(private readonly object: NumberedObject) {}

  /** Replaces the document; returns it. */
  set(document: D): Promise<D>;
  set<T extends object = never>(document: Named<T>): Promise<T>;
  set(document: object): Promise<object> {
    return this.make('set', [checkDocument(document, 'set')]);
  }

  /** Merges into the document, two levels deep; returns all of it. */
  merge<T extends object = D>(document: object): Promise<T> {
    return this.make('merge', [checkDocument(document, 'merge')]);
  }

  /** The document, or what is at a path of it; undefined where there is nothing. */
  get<T = D>(): Promise<T>;
  get<T = unknown>(path?: string): Promise<T | undefined>;
  get(path?: string): Promise<unknown> {
    return this.make('get', path === undefined ? [] : [checkPath(path, 'get')]);
  }

  /** Removes what is at a path; returns the document. */
  delete(path: string): Promise<D> {
    return this.make('delete', [checkPath(path, 'delete')]);
  }

  /** Adds to the end of a list; returns the list. */
  append<T = unknown>(path: string, value: T): Promise<T[]> {
    return this.make('append', [checkPath(path, 'append'), value]);
  }

  /** Adds to the beginning of a list; returns the list. */
  prepend<T = unknown>(path: string, value: T): Promise<T[]> {
    return this.make('prepend', [checkPath(path, 'prepend'), value]);
  }

  /** Removes an element, by its index from 0, from a list; returns the list. */
  remove<T = unknown>(path: string, index: number): Promise<T[]> {
    if (!(Number.isInteger(index) && index >= 0 && index < 1e9)) {
      throw new RatchetError('WF104', `entity.remove was given the index ${String(index)}.`, {
        hint: 'Give the index of an element, from 0.',
      });
    }
    return this.make('remove', [checkPath(path, 'remove'), index]);
  }

  /** Adds to a number, which is 0 at first; returns the sum. */
  increment(path: string, by = 1): Promise<number> {
    if (typeof by !== 'number' || !Number.isFinite(by)) {
      throw new RatchetError('WF104', `entity.increment was given ${String(by)}.`, {
        hint: 'Give a finite number.',
      });
    }
    return this.make('increment', [checkPath(path, 'increment'), by]);
  }

  /** Turns a boolean, false at first, into the other; returns it. */
  toggle(path: string): Promise<boolean> {
    return this.make('toggle', [checkPath(path, 'toggle')]);
  }

  /** Sets what is missing; returns the value that is there now. */
  setIfNotExists<T = unknown>(path: string, value: T): Promise<T> {
    return this.make('setIfNotExists', [checkPath(path, 'setIfNotExists'), value]);
  }

  private make<T>(name: string, args: unknown[]): Promise<T> {
    return durableOperation(this.object, 'entity', name, toJsonb(args, `value of entity.${name}`));
  }

  static readonly find = find;
  static readonly findById = findById;
  static readonly findByCondition = findByCondition;
  static readonly createIndex = createIndex;
}

/** The entity of the workflow that is running; takes one number. */
export function entity<D extends object = EntityDocument>(): Promise<Entity<D>> {
  return durably(() => new Entity<D>(numberedObject('entity')));
}
