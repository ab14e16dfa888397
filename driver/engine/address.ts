/** Which thread of a job an address is: '' and `$n` the main function, `hn` the nth hook. */
export function isHookAddress(address: string): boolean {
  return address.startsWith('h');
}

/** The thread an address belongs to: what is numbered by itself within a thread follows a #. */
export function threadOf(address: string): string {
  const at = address.indexOf('#');
  return at < 0 ? address : address.slice(0, at);
}

/** Names a thread among all jobs. */
export function threadKey(jobId: string, address: string): string {
  return address === '' ? jobId : `${jobId} ${address}`;
}

/**
 * The thread as users see it: '' in the main function, `$n` in its nth continued generation,
 * `,0,0`, `,0,1` and so on in hooks.
 */
export function dimensionOf(address: string): string {
  return isHookAddress(address) ? `,0,${Number(address.slice(1)) - 1}` : address;
}
