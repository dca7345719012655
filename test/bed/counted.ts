import Mocha from 'mocha';
import { noteFailure, noteSecondAttempt, tellCount } from './failures.ts';

/**
 * Mocha's own reporter, ended by a line sum-counts.ts can add up.
 * mocha --reporter test/bed/counted.ts --reporter-option layer=unit
 */
export default class Counted extends Mocha.reporters.Spec {
  private readonly layer: string;
  /** What failed once, and its error. */
  private readonly again = new Map<string, string>();

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    this.layer = (options.reporterOptions as { layer?: string } | undefined)?.layer ?? 'mocha';
    runner.on('retry', (test: Mocha.Test, error: Error) => {
      console.log(`      failed, and is tried again: ${test.title}`);
      this.again.set(titleOf(test), errorOf(error));
    });
    runner.on('fail', (test: Mocha.Test, error: Error) => {
      this.again.delete(titleOf(test));
      noteFailure(this.layer, titleOf(test), errorOf(error));
    });
  }

  override epilogue(): void {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    for (const [title, error] of this.again) {
      console.log(`passed only at its second attempt: ${title}\n${error}`);
      noteSecondAttempt(this.layer, title, error);
    }
    tellCount(this.layer, { passed: passes, failed: failures, skipped: pending });
  }
}

function titleOf(test: Mocha.Test): string {
  return test.titlePath().join(' › ');
}

function errorOf(error: Error): string {
  return error.stack ?? String(error);
}
