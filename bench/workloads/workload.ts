import type { Flags } from '../flags';
import type { Result } from '../report';
import type { Server } from '../server';

/** Measures one thing; brings its own processes and ends them. */
export type Workload = (bench: { server: Server; flags: Flags }) => Promise<Result[]>;
