import { readFileSync, rmSync, statSync } from 'node:fs';
import type { OutputTranslator, ProcessEnd } from '../../framework.ts';
import { FileAccount } from '../file-account.ts';
import { junitReport } from './report.ts';
import type { InsideBody } from '../../../protocol/events.ts';
import type { TestInfo } from '../../../protocol/tests.ts';
import { formatBytes } from '../../../config/quantities.ts';

const largest = 64 * 1024 ** 2;
/** The clock of a file system stands still for up to a tick of the kernel. */
const tickMs = 20;

export interface ReportPlace {
  readonly path: string;
  /** Made for this process alone, and gone with it. */
  readonly own: boolean;
}

/** A file that is told by what its process leaves in a report. A report that was there before is none. */
export class JunitTranslator implements OutputTranslator {
  readonly #place: ReportPlace;
  readonly #account: FileAccount;
  readonly #since = Date.now() - tickMs;

  constructor(tests: readonly TestInfo[], place: ReportPlace, say: (event: InsideBody) => void) {
    this.#place = place;
    this.#account = new FileAccount('junit', tests, say);
  }

  push(chunk: Buffer): Buffer {
    return chunk;
  }

  end({ code, signal }: ProcessEnd): void {
    const { path, own } = this.#place;
    const found = signal === null ? this.#read() : { wrong: '' };
    if (own) rmSync(path, { force: true });
    if (signal !== null) return;
    if ('wrong' in found) {
      // A program that failed before it could report says more by how it ended.
      if (code === 0) this.#account.finish(0, { wrong: [found.wrong] });
      return;
    }
    const { cases, fault } = junitReport(found.xml);
    for (const { path: title, told } of cases) this.#account.tell(title, told);
    const wrong = fault === null ? [] : [`Its report cannot be read to its end: ${fault}.`];
    const skipped = cases.length === 0 && code === 0 ? { skipped: 'Its report has no test.' } : {};
    this.#account.finish(code ?? 0, { wrong, ...skipped });
  }

  #read(): { readonly xml: string } | { readonly wrong: string } {
    const { path, own } = this.#place;
    const where = own ? 'where ${report} says' : `at ${path}`;
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found?.isFile()) return { wrong: `It wrote no report ${where}.` };
    if (!own && found.mtimeMs < this.#since) return { wrong: `It wrote no report: the one ${where} is older.` };
    if (found.size > largest)
      return { wrong: `Its report has ${formatBytes(found.size)}, and ${formatBytes(largest)} is the most.` };
    return { xml: readFileSync(path, 'utf8') };
  }
}
