import type { Folder, TestKey } from '../protocol/tests.ts';
import { isFailure, type TestRecord, type VerdictKind, verdictKinds } from '../protocol/verdict.ts';
import { plural } from '../reports/excerpt.ts';
import { verdictLabel } from '../reports/wording.ts';
import { nameText, testLines } from './test-text.ts';

/** Tests beyond these are counted and not told of one by one. */
const mostKept = 300;

interface Finding {
  readonly name: string;
  readonly lines: readonly string[];
  readonly fails: boolean;
  times: number;
}

/** What there is to tell of a run, or of several, while it goes on: small, however many tests there are. */
export class Findings {
  readonly #folders: readonly Folder[];
  readonly #counts = new Map<VerdictKind, number>();
  readonly #findings = new Map<TestKey, Finding>();
  #untold = 0;

  constructor(folders: readonly Folder[]) {
    this.#folders = folders;
  }

  add(record: TestRecord): void {
    const { kind } = record.verdict;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    const fails = isFailure(kind);
    if (!fails && !remarkable(record)) return;
    const known = this.#findings.get(record.test.key);
    if (known) known.times++;
    else if (this.#findings.size < mostKept) {
      const name = nameText(record, this.#folders);
      this.#findings.set(record.test.key, { name, lines: testLines(record), fails, times: 1 });
    } else this.#untold++;
  }

  get total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  get failures(): number {
    return verdictKinds.filter(isFailure).reduce((sum, kind) => sum + (this.#counts.get(kind) ?? 0), 0);
  }

  /** `10 passed, 1 failed, 1 out of memory` */
  get countsText(): string {
    const parts = verdictKinds
      .map(kind => [kind, this.#counts.get(kind) ?? 0] as const)
      .filter(([, count]) => count > 0);
    return parts.map(([kind, count]) => `${count} ${verdictLabel(kind).toLowerCase()}`).join(', ');
  }

  /** The tests one by one, failures first, in no more characters than that. */
  text(runs: number, mostCharacters: number): string {
    const all = [...this.#findings.values()].sort((a, b) => Number(b.fails) - Number(a.fails) || b.times - a.times);
    const blocks: string[] = [];
    let length = 0;
    for (const [index, finding] of all.entries()) {
      const block = blockOf(finding, index + 1, runs);
      if (length + block.length > mostCharacters) break;
      length += block.length + 2;
      blocks.push(block);
    }
    const more = all.length - blocks.length + this.#untold;
    if (more > 0)
      blocks.push(`And ${plural(more, 'more test')} that there is no room for: ask for them by "files" or "names".`);
    return blocks.join('\n\n');
  }
}

function blockOf({ name, lines, times }: Finding, number: number, runs: number): string {
  const often = runs > 1 ? ` in ${times} of ${runs} runs; the first time:` : '';
  return [`${number}. ${name}${often}`, ...lines.map(line => `   ${line}`)].join('\n');
}

/** Passed, and yet a reader should know: it left something, or passed only when it was tried again. */
function remarkable({ attributes }: TestRecord): boolean {
  return attributes.some(({ kind }) => kind === 'leaked-processes' || kind === 'survivors' || kind === 'retried');
}
