import type { Work } from '../database/exchange';
import type { Batch } from './report';

/** So many functions go on before the next exchange is sent: the database works meanwhile. */
const STRIDE = 250;

export interface AnswerHost {
  committed(batch: Batch): void;
  received(work: Work[]): Promise<void>;
}

function* partsOf<T>(all: readonly T[]): Generator<T[]> {
  for (let from = 0; from < all.length; from += STRIDE) yield all.slice(from, from + STRIDE);
}

function* stridesOf(host: AnswerHost, { turns, activities }: Batch, work: Work[]) {
  if (activities.length > 0) {
    yield { length: 0, take: async () => host.committed({ turns: [], activities }) };
  }
  for (const part of partsOf(turns)) {
    yield {
      length: part.length,
      take: async () => host.committed({ turns: part, activities: [] }),
    };
  }
  for (const part of partsOf(work)) {
    yield { length: part.length, take: () => host.received(part) };
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

  constructor(private readonly host: AnswerHost) {}

  /** Resolves when all is handed on, and what had to be rebuilt has been. */
  async handOn(batch: Batch, work: Work[]): Promise<void> {
    const taken: Promise<void>[] = [];
    this.last = this.last.then(() => this.walk(batch, work, taken));
    await this.last;
    await Promise.all(taken);
  }

  private async walk(batch: Batch, work: Work[], taken: Promise<void>[]): Promise<void> {
    let room = STRIDE;
    for (const stride of stridesOf(this.host, batch, work)) {
      if (stride.length > room) {
        await letExchange();
        room = STRIDE;
      }
      room -= stride.length;
      taken.push(stride.take());
    }
  }
}
