/**
 * A turn knows each of its steps by one number. For most it is the position; operations on the data
 * of the job are numbered within their object, which has a position of its own: theirs are beyond
 * all positions.
 */
const OBJECT = 2 ** 31;

/** The number of a step that is recorded at this address (`#9`: operations of object 9). */
export function stepKey(address: string, position: number): number {
  const at = address.indexOf('#');
  return at < 0 ? position : Number(address.slice(at + 1)) + position * OBJECT;
}

/** Where the step of this number is recorded, in the thread of the turn. */
export function placeOf(thread: string, key: number): { address: string; position: number } {
  if (key < OBJECT) return { address: thread, position: key };
  return { address: `${thread}#${objectOf(key)}`, position: Math.floor(key / OBJECT) };
}

/** The position of the step, or of the object whose operation it is. */
export function objectOf(key: number): number {
  return key % OBJECT;
}

export function isOperation(key: number): boolean {
  return key >= OBJECT;
}
