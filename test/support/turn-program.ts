import fc from 'fast-check';
import { isCancellation } from '../../driver/durable/errors';
import type { LiveTurn } from '../../driver/engine/live-turn';
import type { Answer, Call } from '../../driver/engine/call';
import { stepKey } from '../../driver/engine/step-key';

/** A workflow function as data: a tree of calls in sequence and in parallel. */
export type Program =
  | { type: 'call'; where: 'local' | 'remote' | 'data'; name: string; isFailing: boolean }
  | { type: 'sequence' | 'all' | 'race' | 'settled'; parts: Program[] }
  | { type: 'branch'; test: Program; odd: Program; even: Program }
  | { type: 'attempt'; body: Program; rescue: Program }
  | { type: 'shield'; body: Program };

/** Programs of up to some dozen calls; each call has a name of its own. */
export const programs: fc.Arbitrary<Program> = fc
  .letrec<{ program: Program; call: Program; group: Program }>((tie) => ({
    call: fc.record({
      type: fc.constant('call' as const),
      where: fc.constantFrom('local' as const, 'remote' as const, 'data' as const),
      name: fc.constant(''),
      isFailing: fc.nat(9).map((n) => n === 0),
    }),
    group: fc.record({
      type: fc.constantFrom(
        'sequence' as const,
        'all' as const,
        'race' as const,
        'settled' as const,
      ),
      parts: fc.array(tie('program'), { minLength: 1, maxLength: 4 }),
    }),
    program: fc.oneof(
      { maxDepth: 4, depthSize: 'medium' },
      { weight: 3, arbitrary: tie('call') },
      { weight: 4, arbitrary: tie('group') },
      {
        weight: 1,
        arbitrary: fc.record({
          type: fc.constant('branch' as const),
          ...{ test: tie('program'), odd: tie('program'), even: tie('program') },
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          type: fc.constant('attempt' as const),
          ...{ body: tie('program'), rescue: tie('program') },
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ type: fc.constant('shield' as const), body: tie('program') }),
      },
    ),
  }))
  .group.map((program) => named(program, { count: 0 }));

function named(program: Program, counter: { count: number }): Program {
  const next = (part: Program) => named(part, counter);
  switch (program.type) {
    case 'call':
      return { ...program, name: `step-${(counter.count += 1)}` };
    case 'branch':
      return {
        ...program,
        ...{ test: next(program.test), odd: next(program.odd), even: next(program.even) },
      };
    case 'attempt':
      return { ...program, body: next(program.body), rescue: next(program.rescue) };
    case 'shield':
      return { ...program, body: next(program.body) };
    default:
      return { ...program, parts: program.parts.map(next) };
  }
}

/** What a call is answered with: always the same for one name. */
export function answerOf(name: string, failing: Set<string>): Answer {
  const isFailed = failing.has(name);
  const number = Number(name.replace('step-', ''));
  return { isFailed, value: isFailed ? '{"message":"failed"}' : String(number * 7 + 3) };
}

export function failingOf(program: Program): Set<string> {
  const found = new Set<string>();
  JSON.stringify(program, (_key, value: unknown) => {
    const part = value as Program;
    if (part?.type === 'call' && part.isFailing) found.add(part.name);
    return value;
  });
  return found;
}

export interface Observer {
  called(position: number, call: Call): void;
  delivered(position: number): void;
}

/** Runs a program in a turn. Its value depends on every answer and on who won each race. */
export async function interpret(
  program: Program,
  turn: LiveTurn,
  observer: Observer,
  isShielded = false,
): Promise<number> {
  const run = (part: Program, shield = isShielded) => interpret(part, turn, observer, shield);
  switch (program.type) {
    case 'call':
      return call(program, turn, observer, isShielded);
    case 'sequence': {
      let value = 0;
      for (const part of program.parts) value = value * 31 + (await run(part));
      return value % 1_000_003;
    }
    case 'all':
      return sum(await Promise.all(program.parts.map((part) => run(part))));
    case 'race':
      return Promise.race(program.parts.map((part) => run(part)));
    case 'settled': {
      const ends = await Promise.allSettled(program.parts.map((part) => run(part)));
      return sum(ends.map((end) => (end.status === 'fulfilled' ? end.value : 1)));
    }
    case 'branch':
      return (await run(program.test)) % 2 === 1 ? run(program.odd) : run(program.even);
    case 'attempt':
      try {
        return await run(program.body);
      } catch (error) {
        // As a cleanup does: what must be done is done even when the workflow is cancelled.
        return (await run(program.rescue, true)) + (isCancellation(error) ? 1 : 2);
      }
    case 'shield':
      return run(program.body, true);
  }
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0) % 1_000_003;
}

async function call(
  program: Program & { type: 'call' },
  turn: LiveTurn,
  observer: Observer,
  isShielded: boolean,
): Promise<number> {
  if (program.where === 'data') return operations(program, turn, observer);
  const { name, where } = program;
  const position = turn.counter + 1;
  const made: Call = {
    ...callOf('activity', name, () => observer.delivered(position)),
    ...{ queue: where, isCancellable: !isShielded },
  };
  observer.called(position, made);
  return (await turn.call(made)) as number;
}

function callOf(kind: Call['kind'], name: string, delivered: () => void): Call {
  return {
    ...{ kind, name, input: null, delay: null, options: null, queue: null, isCancellable: false },
    convert: (answer) => {
      delivered();
      if (answer.isFailed) throw new Error(`${name} failed`);
      return Number(answer.value);
    },
  };
}

/** Three operations on one object: one by itself, then two at once. */
async function operations(
  { name }: Program & { type: 'call' },
  turn: LiveTurn,
  observer: Observer,
): Promise<number> {
  const object = (turn.counter += 1);
  const operate = (ordinal: number) => {
    const key = stepKey(`#${object}`, ordinal);
    const made = callOf('search', name, () => observer.delivered(key));
    observer.called(key, made);
    return turn.operate(made, object, ordinal) as Promise<number>;
  };
  const first = await operate(1);
  return first + sum(await Promise.all([operate(2), operate(3)]));
}
