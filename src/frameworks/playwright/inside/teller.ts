import type { FailureMessage } from '../../../protocol/verdict.ts';
import type { EventPipe } from '../../inside/event-pipe.ts';
import type { Origins } from './origins.ts';
import { failureOf } from './style.ts';
import type { Annotation } from './user-playwright.ts';
import type { Attachment, Charge, TestEnd, Word } from './wire.ts';

/** The steps in which playwright does what stands around the body of a test. */
const stages = ['Before Hooks', 'After Hooks', 'Worker Cleanup'];

/** Beside each failure, what playwright would have a language model told. */
const forMachines = 'error-context';

/** Says in the worker itself what becomes of each test, before playwright's own word of it is on its way. */
export class Teller {
  readonly #events: EventPipe;
  readonly #origins: Origins;
  readonly #charges = new Map<string, Charge>();
  #stages = new Map<string, string>();
  #failed = new Set<string>();
  #attached: Attachment[] = [];

  constructor(events: EventPipe, origins: Origins) {
    this.#events = events;
    this.#origins = origins;
  }

  take(charges: readonly Charge[]): void {
    for (const charge of charges) this.#charges.set(charge.id, charge);
  }

  hear(word: Word): void {
    switch (word.method) {
      case 'testBegin':
        return this.#begin(this.#charges.get(word.params.testId) ?? null);
      case 'stepBegin': {
        const { stepId, parentStepId, title } = word.params;
        if (parentStepId === undefined && stages.includes(title)) this.#stages.set(stepId, title);
        return;
      }
      case 'stepEnd': {
        const stage = this.#stages.get(word.params.stepId);
        if (stage !== undefined && word.params.error) this.#failed.add(stage);
        return;
      }
      case 'attach':
        if (word.params.path !== undefined && word.params.name !== forMachines) this.#attached.push(word.params);
        return;
      case 'testEnd':
        return this.#end(word.params);
      case 'runTestGroup':
      case 'stdOut':
      case 'stdErr':
    }
  }

  #begin(charge: Charge | null): void {
    this.#stages = new Map();
    this.#failed = new Set();
    this.#attached = [];
    const ref = charge && { path: charge.path, ordinal: charge.ordinal };
    if (ref) this.#events.say({ t: 'start', ...ref });
    this.#origins.begin(ref);
  }

  #end(end: TestEnd): void {
    this.#origins.end();
    const charge = this.#charges.get(end.testId);
    if (!charge) return;
    const { path, ordinal, retry, retries } = charge;
    const ok = end.status === end.expectedStatus || end.status === 'skipped';
    // Playwright will run it once more, in another worker.
    if (!ok && retry < retries && !end.hasNonRetriableError) return;
    this.#events.say({
      t: 'end',
      path,
      ordinal,
      ms: end.duration,
      ...(ok ? this.#well(end) : this.#badly(end)),
      ...(retry > 0 ? { retries: retry } : {}),
    });
    end.bulkhead = true;
  }

  #well({ status, annotations }: TestEnd) {
    switch (status) {
      case 'skipped':
        return { state: 'skipped', ...reasonIn(annotations, 'skip', 'fixme') } as const;
      case 'failed':
        return { state: 'failed-as-expected', ...reasonIn(annotations, 'fail') } as const;
      default:
        return { state: 'passed' } as const;
    }
  }

  #badly({ status, errors, expectedStatus }: TestEnd) {
    const failures: FailureMessage[] = errors.map(failureOf);
    if (failures.length === 0) failures.push({ text: withoutError(status, expectedStatus) });
    for (const { name, path } of this.#attached) {
      const [first, ...others] = failures;
      failures.splice(0, failures.length, { ...first!, text: `${first!.text}\n${name}: ${path}` }, ...others);
    }
    if (this.#failed.has('Before Hooks')) return { state: 'error', phase: 'hook', failures } as const;
    // With a failure of the body there are two.
    const late = this.#failed.has('After Hooks') || this.#failed.has('Worker Cleanup');
    return late && errors.length === 1
      ? ({ state: 'error', phase: 'teardown', failures } as const)
      : ({ state: 'failed', failures } as const);
  }
}

function withoutError(status: string, expectedStatus: string): string {
  if (expectedStatus === 'failed' && status === 'passed') return 'Expected to fail, but passed.';
  return `Playwright ended it as "${status}".`;
}

export function reasonIn(annotations: readonly Annotation[], ...types: readonly string[]): { reason?: string } {
  const reason = annotations.find(({ type, description }) => types.includes(type) && description)?.description;
  return reason ? { reason } : {};
}
