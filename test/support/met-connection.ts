import { Client } from 'pg';

export interface Statement {
  name?: string;
  text: string;
  values: unknown[];
}

export type Answer = (...results: unknown[]) => void;

/** A statement of a pool on its way to the server. */
export interface Meeting {
  statement: Statement;
  client: Client;
  answer: Answer;
  /** Sends it; what the server answers goes there. */
  carryOut: (answer: Answer) => void;
}

/** What pg says when a connection is gone. */
export const gone = () => new Error('Connection terminated unexpectedly');

/**
 * A connection whose statements are met before they are sent. `deal` carries one out with another
 * answer, or keeps it, and says whether it did; else it goes as always.
 */
export function metConnection(connectionString: string, deal: (meeting: Meeting) => boolean) {
  class MetClient extends Client {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of every form of query
    override query(...args: any[]): any {
      const send = (...given: unknown[]) =>
        (super.query as (...all: unknown[]) => unknown)(...given);
      const answer = args.at(-1) as unknown;
      const isOfPool = typeof answer === 'function';
      const meeting = {
        statement: Object(args[0]) as Statement,
        client: this,
        answer: answer as Answer,
        carryOut: (other: Answer) => void send(...args.slice(0, -1), other),
      };
      return isOfPool && deal(meeting) ? undefined : send(...args);
    }
  }
  return { class: MetClient, options: { connectionString, Client: MetClient } };
}
