import type { Database } from '../database/database';
import { fromJson, toJson } from '../database/json-door';
import * as graphs from '../database/graph-calls';
import { RatchetError } from '../errors';
import type { GraphDocument } from './graph-document';
import { describeProblem, invalidGraph, type GraphProblem } from './graph-error';
import type { Logger } from './logger';

/** What was deployed. */
export interface Manifest {
  app: string;
  version: string;
  graphs: unknown[];
  warnings: GraphProblem[];
}

/**
 * Deploys a graph document: the path of a file, or YAML text. Warnings are logged and are in the
 * manifest.
 *
 * @throws RatchetError WF106 with everything that is wrong, each with its line and column
 */
export async function deployDocument(
  database: Database,
  pathOrYaml: string,
  app: graphs.App,
  logger: Logger,
): Promise<Manifest> {
  if (typeof pathOrYaml !== 'string' || pathOrYaml.trim() === '') {
    throw new RatchetError('WF104', 'There is nothing to deploy.', {
      hint: 'Give the path of a YAML file, or YAML text.',
    });
  }
  // Loaded late: a program that deploys nothing does without the library for YAML.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the same file in every build
  const { readGraphDocument } = require('./graph-document') as typeof import('./graph-document');
  const document = readGraphDocument(pathOrYaml);
  const json = toJson(document.value ?? null, 'graph document');
  let answer: string | null;
  try {
    answer = await graphs.deploy(database, json, app);
  } catch (error) {
    throw located(error, document);
  }
  const manifest = fromJson(answer) as Omit<Manifest, 'warnings'> & { warnings: StoredProblem[] };
  const warnings = (manifest.warnings ?? []).map((warning) => placed(warning, document));
  for (const warning of warnings)
    logger.warn('graph-warning', { reason: describeProblem(warning) });
  return { ...manifest, warnings };
}

/** What a problem as the database has it does not say is null there. */
type StoredProblem = { [Key in keyof GraphProblem]: GraphProblem[Key] | null };

function placed(stored: StoredProblem, document: GraphDocument): GraphProblem {
  const said = Object.entries(stored).filter(([, value]) => value !== null);
  const problem = Object.fromEntries(said) as unknown as GraphProblem;
  return { ...problem, ...document.placeOf(problem.path ?? []) };
}

/** The error with the place of each problem in the text or the files. */
function located(error: unknown, document: GraphDocument): unknown {
  if (!(error instanceof RatchetError) || error.code !== 'WF106') return error;
  const { problems } = (error.detail ?? {}) as { problems?: StoredProblem[] };
  if (!Array.isArray(problems)) return error;
  return invalidGraph(
    problems.map((problem) => placed(problem, document)),
    error,
  );
}
