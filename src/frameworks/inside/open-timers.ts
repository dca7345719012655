import { AsyncResource } from 'node:async_hooks';
import type { Session } from 'node:inspector';

const { memoryUsage } = process;
/** Not in each Node, and some are built without an inspector. */
const builtin = process.getBuiltinModule?.bind(process);
const timer = setTimeout(() => undefined, 0);
clearTimeout(timer);
/** Under a name that no test knows: an expression has no other way to it. */
const handle = Symbol.for('bulkhead.timer');
/** To search more than this would take longer than the end of the process may. */
const largestHeap = 256 * 1024 ** 2;

/** Whatever is begun from now on has a number above this one. */
export function border(): number {
  return new AsyncResource('BULKHEAD').asyncId();
}

/**
 * The numbers of the timers that keep this process alive. Node counts its timers and names none, so the heap is searched, which takes as
 * long as collecting its garbage. Null: they cannot be had.
 */
export function openTimers(): readonly number[] | null {
  if (!builtin || memoryUsage().heapUsed > largestHeap) return null;
  try {
    const session = new (builtin('node:inspector').Session)();
    session.connect();
    try {
      return numbersBy(session);
    } finally {
      Reflect.deleteProperty(globalThis, handle);
      session.disconnect();
    }
  } catch {
    // Whoever asks knows at least how many there are.
    return null;
  }
}

function numbersBy(session: Session): readonly number[] | null {
  Reflect.set(globalThis, handle, Object.getPrototypeOf(timer));
  const expression = "globalThis[Symbol.for('bulkhead.timer')]";
  const prototypeObjectId = answered<{ result: { objectId: string } }>(session, 'Runtime.evaluate', { expression })
    .result.objectId;
  const { objectId } = answered<{ objects: { objectId: string } }>(session, 'Runtime.queryObjects', {
    prototypeObjectId,
  }).objects;
  const { value } = answered<{ result: { value?: unknown } }>(session, 'Runtime.callFunctionOn', {
    objectId,
    returnByValue: true,
    functionDeclaration: numbersOfThem,
  }).result;
  return Array.isArray(value) && value.every(each => Number.isSafeInteger(each)) ? (value as number[]) : null;
}

/** The inspector takes a text, and nothing of this file is in sight where it runs. One that is just going off has no next. */
const numbersOfThem = `function () {
  return this.filter(timer => timer._destroyed === false && timer._idleNext && timer.hasRef()).map(timer => {
    const key = Object.getOwnPropertySymbols(timer).find(({ description }) => description === 'asyncId');
    return key && timer[key];
  });
}`;

/** Where a session is of the thread itself, it answers before the call returns. */
function answered<T>(session: Session, method: string, params: object): T {
  let answer: T | undefined;
  session.post(method, params, (error, result) => {
    if (!error) answer = result as T;
  });
  if (answer === undefined) throw new Error(`${method} was not answered`);
  return answer;
}
