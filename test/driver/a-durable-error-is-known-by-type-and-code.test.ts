import test from 'ava';
import * as Errors from '../../driver/durable/errors';

const CODES = {
  DurableSleepError: 588,
  DurableWaitForAllError: 589,
  DurableChildError: 590,
  DurableProxyError: 591,
  DurableContinueAsNewError: 592,
  DurableWaitForError: 595,
  DurableTimeoutError: 596,
  DurableMaxedError: 597,
  DurableFatalError: 598,
  DurableRetryError: 599,
} as const;

for (const name of Object.keys(CODES) as (keyof typeof CODES)[]) {
  test(name, (t) => {
    const error = new Errors[name]('stop', 'a stack');
    t.is(error.type, name);
    t.is(error.name, name);
    t.is(error.code, CODES[name]);
    t.is(error.message, 'stop');
    t.is(error.stack, 'a stack');
    t.is(new Errors[name]('').code, CODES[name]);
    t.true(error instanceof Errors[name] && error instanceof Error);
    t.true(Errors.didInterrupt(error));
    t.false(Errors.isCancellation(error));
  });
}

test('CancelledFailure, DuplicateJobError and GetStateError have their messages', (t) => {
  const cancelled = new Errors.CancelledFailure();
  t.is(cancelled.message, 'Workflow cancelled');
  t.is(cancelled.name, 'CancelledFailure');
  t.is(cancelled.type, 'CancelledFailure');
  t.true(Errors.isCancellation(cancelled) && Errors.didInterrupt(cancelled));

  const duplicate = new Errors.DuplicateJobError('order-1');
  t.is(duplicate.message, 'Duplicate job: order-1');
  t.is(duplicate.jobId, 'order-1');
  t.false(Errors.didInterrupt(duplicate));

  const missing = new Errors.GetStateError('order-1');
  t.is(missing.message, 'order-1 Not Found');
  t.is(missing.code, 404);
});

test('the older names are the same classes', (t) => {
  t.is(Errors.MeshFlowFatalError, Errors.DurableFatalError);
  t.is(Errors.MeshFlowMaxedError, Errors.DurableMaxedError);
  t.is(Errors.MeshFlowTimeoutError, Errors.DurableTimeoutError);
  t.is(Errors.MeshFlowRetryError, Errors.DurableRetryError);
  t.is(Errors.MeshFlowWaitForError, Errors.DurableWaitForError);
});

test('subclasses interrupt too; other values do not', (t) => {
  class Stop extends Errors.DurableFatalError {}
  t.true(Errors.didInterrupt(new Stop('x')));
  const { proxy, revoke } = Proxy.revocable(new Error('x'), {});
  revoke();
  for (const other of [new Error('x'), proxy, null, undefined, 'x', { type: 1 }]) {
    t.false(Errors.didInterrupt(other));
    t.false(Errors.isCancellation(other));
  }
});
