/**
 * The promise of a durable call. It knows whether anybody has looked at it: a function that
 * returns has not abandoned a call that it never awaited.
 */
export class DurablePromise<T> extends Promise<T> {
  isObserved = false;

  /**
   * Nobody need await a call that will fail: that is in the history and must not end the process.
   */
  expectFailure(): void {
    const { isObserved } = this;
    void this.catch(() => undefined);
    this.isObserved = isObserved;
  }
}

// Whoever awaits a promise, or derives another from it, asks for its constructor first. With the
// ordinary one for an answer `await` takes the promise as it is, and derived promises are ordinary;
// a subclass would cost two promises more for each step.
Reflect.defineProperty(DurablePromise.prototype, 'constructor', {
  get(this: DurablePromise<unknown>) {
    this.isObserved = true;
    return Promise;
  },
});
