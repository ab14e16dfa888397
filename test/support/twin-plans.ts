import type { Node } from './work-meter';

const SHAPE = ['Node Type', 'Relation Name', 'Index Name', 'Index Cond', 'Filter', 'Join Filter'];

const textOf = (field: unknown) => (typeof field === 'string' ? field : '');

/** What a part of a plan does, whatever the planner has named the tables and parameters in it. */
function shapeOf(node: Node): string {
  const fields = SHAPE.map((field) => textOf(node[field]));
  const own = fields.join(' ').replaceAll(/_\d+\b|\$\d+/g, '');
  return `${own} (${(node.Plans ?? []).map(shapeOf).join(', ')})`;
}

function* subplansOf(node: Node): Generator<Node> {
  const relation = textOf(node['Parent Relationship']);
  const isCommon = textOf(node['Subplan Name']).startsWith('CTE ');
  if (['SubPlan', 'InitPlan'].includes(relation) && !isCommon) yield node;
  for (const child of node.Plans ?? []) yield* subplansOf(child);
}

/**
 * Subqueries on tables that a plan has twice. Where a subquery in a from list has one in its select
 * list, the planner puts that in the place of each use of the column. `offset 0` prevents it.
 */
export function twinsIn(plan: Node): string[] {
  const shapes = [...subplansOf(plan)].map(shapeOf).filter((shape) => / Scan \w+ /.test(shape));
  return [...new Set(shapes.filter((shape, at) => shapes.indexOf(shape) !== at))];
}
