import Mocha from 'mocha';
import { noteFailure } from './failures.ts';

/**
 * Mocha's own reporter, ended by a line sum-counts.ts can add up.
 * mocha --reporter test/bed/counted.ts --reporter-option layer=unit
 */
export default class Counted extends Mocha.reporters.Spec {
  private readonly layer: string;

  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    this.layer = (options.reporterOptions as { layer?: string } | undefined)?.layer ?? 'mocha';
    runner.on('fail', (test: Mocha.Test, error: Error) =>
      noteFailure(this.layer, test.titlePath().join(' › '), error.stack ?? String(error)),
    );
  }

  override epilogue(): void {
    super.epilogue();
    const { passes, failures, pending } = this.stats;
    console.log(`${this.layer}: ${passes} passed, ${failures} failed, ${pending} skipped`);
  }
}
