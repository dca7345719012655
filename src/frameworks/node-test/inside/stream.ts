import { Readable } from 'node:stream';

/** What node:test tells its reporters of a test. */
export interface TestReport {
  readonly name: string;
  readonly nesting: number;
  /** Among the tests of its parent, from 1. */
  readonly testNumber?: number;
  readonly skip?: string | boolean;
  readonly todo?: string | boolean;
  readonly expectFailure?: string | boolean;
  readonly details?: { readonly duration_ms?: number; readonly type?: string; readonly error?: unknown };
}

interface Emitting {
  readonly prototype: { emit?: (type: string, ...args: unknown[]) => boolean };
}

export interface ReportListeners {
  readonly dequeued: (report: TestReport) => void;
  readonly started: (report: TestReport) => void;
  readonly passed: (report: TestReport) => void;
  readonly failed: (report: TestReport) => void;
}

/**
 * Where tests are left out, node:test has a second stream for them, which may be the first to speak: only what no test that is left out
 * does is listened to there.
 */
export function listenToAll({ started, passed, failed }: ReportListeners): void {
  const { prototype } = Readable as unknown as Emitting;
  const inherited = prototype.emit!;
  const known = new WeakSet<Readable>();
  prototype.emit = function (this: Readable, type: string, ...args: unknown[]) {
    if (type.startsWith('test:') && this.constructor.name === 'TestsStream' && !known.has(this)) {
      known.add(this);
      this.on('test:start', started).on('test:pass', passed).on('test:fail', failed);
    }
    return inherited.call(this, type, ...args);
  };
}

/**
 * Listens to the stream that node:test makes for its reporters at the first test. A reporter would hear of a test a moment later,
 * when the next one may have ended the process; the stream emits while the test ends.
 */
export function listenToReports({ dequeued, started, passed, failed }: ReportListeners): void {
  const { prototype } = Readable as unknown as Emitting;
  const inherited = prototype.emit!;
  prototype.emit = function (this: Readable, type: string, ...args: unknown[]) {
    if (this.constructor.name === 'TestsStream' && type.startsWith('test:')) {
      delete prototype.emit;
      this.on('test:dequeue', dequeued).on('test:start', started);
      this.on('test:pass', passed).on('test:fail', failed);
      return this.emit(type, ...args);
    }
    return inherited.call(this, type, ...args);
  };
}
