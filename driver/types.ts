export type * from './index';
// What code written for this API uses as a value as well: `Types.StreamStatus.SUCCESS`.
export { StreamStatus } from './mesh/messages';
