/**
 * The promise of a durable call. It knows whether anybody has looked at it: a function that
 * returns has not abandoned a call that it never awaited.
 */
export class DurablePromise<T> extends Promise<T> {
  isObserved = false;

  // Derived promises are ordinary ones.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /**
   * Nobody need await a call that will fail: that is in the history and must not end the process.
   */
  expectFailure(): void {
    void super.then(undefined, () => undefined);
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isObserved = true;
    return super.then(onFulfilled, onRejected);
  }
}
