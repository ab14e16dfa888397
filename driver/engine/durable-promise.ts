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

  /** Nobody need await a call; its failure is in the history and must not end the process. */
  static tracked<T>(
    executor: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
  ): DurablePromise<T> {
    const promise = new DurablePromise<T>(executor);
    void Promise.prototype.then.call(promise, undefined, () => undefined);
    return promise;
  }

  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isObserved = true;
    return super.then(onFulfilled, onRejected);
  }
}
