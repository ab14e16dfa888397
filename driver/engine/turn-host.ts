import type { PendingCall } from './call';
import type { LogLevel } from '../log';
import type { LiveTurn } from './live-turn';

/** What a turn needs of the engine that runs it. */
export interface TurnHost {
  /** What the worker was given to reach its database; undefined where there is none. */
  readonly connection: unknown;
  /** From which level on it logs; undefined: as the environment says. */
  readonly logLevel: LogLevel | undefined;
  /** A new step: run it here or plan it. */
  begin(turn: LiveTurn, call: PendingCall): void;
  /** The turn has something to report. */
  report(turn: LiveTurn): void;
  /** Something was delivered: call `turn.rest()` once the function has come to rest. */
  settle(turn: LiveTurn): void;
  /** Tells listeners at once, and again in every replay. */
  emit(turn: LiveTurn, events: string): void;
}
