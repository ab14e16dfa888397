import { RatchetError } from '../errors';

/** One thing that is wrong with a graph document. */
export interface GraphProblem {
  severity: 'error' | 'warning';
  /** Keys from the top of the document to the place. */
  path: string[];
  /** The activity that it is about. */
  activity?: string | undefined;
  message: string;
  hint?: string | undefined;
  /** The file that it is in, when it was deployed from files. */
  file?: string | undefined;
  /** Counted from 1, as the column is. */
  line?: number | undefined;
  column?: number | undefined;
}

const SHOWN = 10;

/** `order.yaml:12:5 activities.check.topic (check): the worker has no topic. …` */
export function describeProblem(problem: GraphProblem): string {
  const { file, line, column, path, activity, message, hint } = problem;
  const position = line === undefined ? '' : `${line}:${column ?? 1}`;
  const place = [file, position].filter(Boolean).join(':');
  const subject = path.join('.') + (activity === undefined ? '' : ` (${activity})`);
  const where = [place, subject].filter(Boolean).join(' ');
  const advice = hint === undefined ? '' : `${/[.!?]$/.test(message) ? '' : '.'} ${hint}`;
  return `${where === '' ? '' : `${where}: `}${message}${advice}`;
}

/** The error of a deployment: every problem is in its detail, the first ones in its message. */
export function invalidGraph(problems: GraphProblem[], cause?: unknown): RatchetError {
  const lines = problems.slice(0, SHOWN).map((problem) => `\n  ${describeProblem(problem)}`);
  const rest = problems.length > SHOWN ? `\n  and ${problems.length - SHOWN} more` : '';
  return new RatchetError('WF106', `Invalid graph:${lines.join('')}${rest}`, {
    detail: { problems },
    cause,
  });
}
