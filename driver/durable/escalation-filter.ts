import { toJson } from '../database/json-door';
import { refuseOption } from '../options';

type Column = 'priority' | 'created_at' | 'updated_at' | 'resolved_at' | 'role' | 'type';
type Direction = 'asc' | 'desc' | 'ASC' | 'DESC';

/** Which tasks. */
export interface EscalationFilter {
  namespace?: string;
  role?: string;
  /** Wins over `role`. */
  roles?: string[];
  type?: string;
  subtype?: string;
  entity?: string;
  status?: 'pending' | 'resolved' | 'cancelled' | 'expired';
  assignedTo?: string;
  workflowId?: string;
  originId?: string;
  /** Whether it can be claimed. */
  available?: boolean;
  priority?: number;
  /** The task's metadata contain all of these. */
  metadata?: Record<string, unknown>;
  ids?: string[];
  taskId?: string;
}

/** Which tasks, in which order, and how many. */
export interface ListOptions extends EscalationFilter {
  sortBy?: Column;
  sortOrder?: Direction;
  orderBy?: { column: Column; direction?: Direction }[];
  /** Default 50. */
  limit?: number;
  /** Default 0. */
  offset?: number;
}

export const FILTER = [
  ...['namespace', 'role', 'roles', 'type', 'subtype', 'entity', 'status', 'assignedTo'],
  ...['workflowId', 'originId', 'available', 'priority', 'metadata', 'ids', 'taskId'],
];

export function filterOf(options: ListOptions): string | null {
  const filters = Object.entries(options).filter(([option]) => FILTER.includes(option));
  return toJson(Object.fromEntries(filters), 'filter');
}

/** As `orderBy` says, or `sortBy` and `sortOrder`; the order of the worklist otherwise. */
export function orderOf({ sortBy, sortOrder, orderBy }: ListOptions): string {
  if (orderBy !== undefined) return JSON.stringify(orderBy);
  if (sortBy === undefined && sortOrder !== undefined) {
    refuseOption('escalations.list', 'sortOrder', sortOrder, 'Give sortBy with it, a column.');
  }
  return JSON.stringify(
    sortBy === undefined ? [] : [{ column: sortBy, direction: sortOrder ?? 'asc' }],
  );
}
