import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { invalidGraph } from './graph-error';
import { readYaml, type Position, type YamlText } from './yaml-text';

export interface Place extends Position {
  file?: string | undefined;
}

/** A document as one value, whose places can be found in the text or files that it came from. */
export interface GraphDocument {
  value: unknown;
  placeOf: (path: readonly string[]) => Place;
}

/** Something of another place that stands at a path of the whole. */
interface Mount {
  at: readonly string[];
  text: YamlText;
  file: string | undefined;
  within: readonly string[];
}

/** Text with a line break is YAML; a single line is the path of a file, unless it begins a map. */
function isInline(source: string): boolean {
  return /[\r\n]/.test(source) || /^\s*(\{|(app|graphs|activities)\s*:)/.test(source);
}

/**
 * Reads a document from YAML text, or from a file, in which `$ref` stands for another file or a
 * part of one: `./maps.yaml#/check/input`. References are relative to the file that they are in.
 *
 * @throws RatchetError WF106 for anything that cannot be read, with its file, line and column
 */
export function readGraphDocument(pathOrYaml: string): GraphDocument {
  if (isInline(pathOrYaml)) {
    const text = readYaml(pathOrYaml, undefined);
    return { value: text.value, placeOf: text.positionOf };
  }
  const read = fileReader();
  const file = resolve(pathOrYaml);
  const text = read(file, (message) => invalidGraph([{ ...problem(message), file }]));
  const mounts: Mount[] = [{ at: [], text, file, within: [] }];
  const here: Here = { file, path: [], open: [`${file}#`] };
  const value = withReferences(text.value, here, read, mounts);
  return { value, placeOf: (path) => placeIn(mounts, path) };
}

function problem(message: string) {
  return { severity: 'error' as const, path: [] as string[], message };
}

function placeIn(mounts: Mount[], path: readonly string[]): Place {
  const around = mounts.filter(({ at }) => at.every((step, index) => path[index] === step));
  const mount = around.reduce((best, next) => (next.at.length >= best.at.length ? next : best));
  const rest = path.slice(mount.at.length);
  return { ...mount.text.positionOf([...mount.within, ...rest]), file: mount.file };
}

type ReadFile = (file: string, refuse: (message: string) => Error) => YamlText;

/** Each file is read once. */
function fileReader(): ReadFile {
  const known = new Map<string, YamlText>();
  return (file, refuse) => {
    const read = known.get(file) ?? readYaml(textOf(file, refuse), file);
    known.set(file, read);
    return read;
  };
}

function textOf(file: string, refuse: (message: string) => Error): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw refuse(`the file ${file} cannot be read (${code ?? String(error)})`);
  }
}

/** Where the walk through the document is. */
interface Here {
  file: string;
  path: readonly string[];
  /** The references that led here. */
  open: readonly string[];
}

/** The value with each reference replaced; `mounts` tells what came from where. */
function withReferences(value: unknown, here: Here, read: ReadFile, mounts: Mount[]): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      withReferences(item, below(here, String(index)), read, mounts),
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  if ('$ref' in value && typeof value.$ref === 'string') {
    return referred(value.$ref, here, read, mounts);
  }
  const members = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    withReferences(member, below(here, key), read, mounts),
  ]);
  return Object.fromEntries(members);
}

function referred(reference: string, here: Here, read: ReadFile, mounts: Mount[]): unknown {
  const [name = '', pointer = ''] = reference.split('#', 2);
  const refuse = (message: string) => {
    const path = [...here.path, '$ref'];
    return invalidGraph([{ ...problem(message), ...placeIn(mounts, path), path }]);
  };
  if (/^[a-z][a-z0-9+.-]+:/i.test(name) && !isAbsolute(name)) {
    throw refuse(`the reference ${reference} is no file`);
  }
  const file = name === '' ? here.file : resolve(dirname(here.file), name);
  const id = `${file}#${pointer}`;
  if (here.open.includes(id)) throw refuse(`the reference ${reference} leads back to itself`);
  const text = read(file, refuse);
  const within = steps(pointer);
  const found = within.reduce<unknown>(member, text.value);
  if (found === undefined) throw refuse(`there is nothing at the reference ${reference}`);
  mounts.push({ at: here.path, text, file, within });
  return withReferences(found, { file, path: here.path, open: [...here.open, id] }, read, mounts);
}

function below(here: Here, step: string): Here {
  return { ...here, path: [...here.path, step] };
}

/** The steps of a JSON pointer. */
function steps(pointer: string): string[] {
  const trimmed = pointer.replace(/^\/|\/$/g, '');
  if (trimmed === '') return [];
  return trimmed.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function member(value: unknown, step: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
  return (value as Record<string, unknown>)[step];
}
