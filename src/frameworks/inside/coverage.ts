import fs from 'node:fs';
import { join } from 'node:path';
import v8 from 'node:v8';
import { threadId } from 'node:worker_threads';
import { sliceName } from '../../protocol/coverage.ts';
import type { InsideBody, Order } from '../../protocol/events.ts';
import type { Commission } from './commission.ts';
import { MadeScripts } from './made-scripts.ts';

// Taken before any test can replace them.
const { readdirSync, renameSync } = fs;
const { takeCoverage } = v8;

interface Ref {
  readonly path: readonly string[];
  readonly ordinal: number;
}

/** More tests than one in the other are not told apart from tests beside each other. */
const deepest = 6;

/**
 * Cuts what V8 counts at the borders of tests. Node writes it when the process ends, and then it is of all tests together, and
 * lost with a process that is killed.
 */
export class CoverageSlices {
  readonly #folder: string | undefined;
  /** There is only one test, so what comes before it is its own. */
  readonly #alone: boolean;
  readonly #open: Ref[] = [];
  readonly #made: MadeScripts | null;
  #next = 0;

  /** `made`: the framework compiles the code of tests itself. */
  constructor({ variables }: Commission, { tests }: Order, made: 'made' | 'loaded' = 'loaded') {
    this.#folder = variables['BULKHEAD_COVERAGE'];
    this.#made = this.#folder !== undefined && made === 'made' ? new MadeScripts(this.#folder) : null;
    this.#alone = tests?.length === 1;
  }

  /** Before an event is told, so that what ran is on disk when a verdict is given. */
  border(event: InsideBody): void {
    if (event.t === 'start') this.#started(event);
    else if (event.t === 'end') this.#ended(event);
    else if (event.t === 'bye') this.rest();
  }

  /** What no test has run that is told of; where V8 is not asked here, Node writes it when the process ends. */
  rest(): void {
    if (this.#folder !== undefined && this.#made) this.#cut(this.#folder);
  }

  #started(test: Ref): void {
    if (this.#folder === undefined) return;
    if (!this.#alone || this.#open.length > 0) this.#cut(this.#folder);
    this.#open.push({ path: test.path, ordinal: test.ordinal });
  }

  #ended({ path, ordinal }: Ref): void {
    if (this.#folder === undefined) return;
    const name = sliceName(path, ordinal);
    const at = this.#open.findIndex(each => sliceName(each.path, each.ordinal) === name);
    // It was skipped.
    if (at === -1) return;
    this.#cut(this.#folder);
    this.#open.splice(at, 1);
  }

  #cut(folder: string): void {
    // What tests run beside each other cannot be told apart: it counts for the file alone.
    const tests = isNested(this.#open) ? this.#open.map(({ path, ordinal }) => sliceName(path, ordinal)) : [];
    try {
      if (this.#made) this.#made.take();
      else takeCoverage();
      for (const name of readdirSync(folder)) {
        if (!name.startsWith(`coverage-${process.pid}-`) || !name.endsWith(`-${threadId}.json`)) continue;
        renameSync(
          join(folder, name),
          join(folder, ['slice', process.pid, this.#next++, ...tests].join('-') + '.json'),
        );
      }
    } catch {
      // A test that has put another file system in place; it then counts for the file alone.
    }
  }
}

function isNested(open: readonly Ref[]): boolean {
  return open.length <= deepest && open.every(({ path }, at) => at === 0 || startsWith(path, open[at - 1]!.path));
}

function startsWith(path: readonly string[], outer: readonly string[]): boolean {
  return path.length > outer.length && outer.every((title, at) => path[at] === title);
}
