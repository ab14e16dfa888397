import type { Work } from '../database/exchange';
import type { Load } from './load';
import { NONE, type Batch } from './report';

/** So many functions go on before the next exchange is sent: the database works meanwhile. */
const STRIDE = 250;
/**
 * So many local steps take as much of a stride as a function. Steps that begin together stay in
 * memory together: were functions to begin a hundred each, most of the time would go into
 * collecting garbage.
 */
const STEPS_AS_ONE = 10;
/** A claimed activity takes as much of a stride as two functions: a call takes half as many. */
const ACTIVITY_AS = 2;
/** What makes a function run from the top. */
const TURNS: readonly Work['kind'][] = ['start', 'turn', 'careful'];
/** So many functions go on before it is asked how many steps they have begun. */
const PART = 10;

export interface AnswerHost {
  /** How many local steps have begun here, ever. */
  readonly stepsBegun: number;
  committed(batch: Batch): void;
  received(work: Work[]): Promise<void>;
}

interface Part {
  length: number;
  work: readonly Work[];
  take: () => Promise<void>;
}

function* committedParts({ turns, activities }: Batch): Generator<Batch> {
  if (activities.length > 0) yield { turns: [], activities };
  for (let from = 0; from < turns.length; from += PART) {
    yield { turns: turns.slice(from, from + PART), activities: [] };
  }
}

/** What is to be rebuilt stays together, for histories are read by one call a part. */
function* receivedParts(work: Work[]): Generator<{ work: Work[]; length: number }> {
  let [from, starts, length] = [0, 0, 0];
  for (let at = 0; at < work.length; at += 1) {
    const kind = work[at]?.kind;
    if (kind === 'start') starts += 1;
    length += kind === 'activity' ? ACTIVITY_AS : 1;
    if (starts < PART && length < STRIDE && at + 1 < work.length) continue;
    yield { work: work.slice(from, at + 1), length };
    [from, starts, length] = [at + 1, 0, 0];
  }
}

function* partsOf(host: AnswerHost, batch: Batch, work: Work[]): Generator<Part> {
  for (const part of committedParts(batch)) {
    yield { length: part.turns.length, work: NONE, take: async () => host.committed(part) };
  }
  for (const part of receivedParts(work)) {
    yield { ...part, take: () => host.received(part.work) };
  }
}

/** The functions that go on have done so, and the exchange with what they ask for is sent. */
async function letExchange(): Promise<void> {
  // The first ends before that exchange is sent, for it was asked for first.
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}

/**
 * Hands on what exchanges have answered, one answer after the other, a stride at a time. Were a
 * thousand functions to go on at once, what they ask for next would be one exchange, and process
 * and database would wait for each other in turns.
 */
export class Strides {
  private last: Promise<void> = Promise.resolve();
  /** What has come and is not handed on yet, or is on its way by a start. */
  readonly waiting: Load = { turns: 0, activities: 0 };

  constructor(private readonly host: AnswerHost) {}

  /** Resolves when all is handed on, and what had to be rebuilt has been. */
  async handOn(batch: Batch, work: Work[]): Promise<void> {
    const taken: Promise<void>[] = [];
    this.count(work, 1);
    this.last = this.last.then(() => this.walk(batch, work, taken));
    await this.last;
    await Promise.all(taken);
  }

  private async walk(batch: Batch, work: Work[], taken: Promise<void>[]): Promise<void> {
    let room = STRIDE;
    for (const part of partsOf(this.host, batch, work)) {
      if (part.length > room) {
        await letExchange();
        room = STRIDE;
      }
      const begun = this.host.stepsBegun;
      this.count(part.work, -1);
      taken.push(part.take());
      room -= Math.max(part.length, Math.floor((this.host.stepsBegun - begun) / STEPS_AS_ONE));
    }
  }

  private count(work: readonly Work[], by: 1 | -1): void {
    for (const { kind } of work) {
      if (kind === 'activity') this.waiting.activities += by;
      else if (TURNS.includes(kind)) this.waiting.turns += by;
    }
  }
}
