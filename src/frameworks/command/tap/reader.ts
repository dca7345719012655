import { tapLine, type TapDirective, type TapLine, type TapResult } from './line.ts';
import { appended } from '../../lines.ts';

/** A test point, with what was told below it. */
export interface TapTest {
  readonly title: string;
  ok: boolean;
  readonly directive: TapDirective | null;
  readonly children: readonly TapTest[];
  ms: number | null;
  diagnosis: string;
}

/** The whole document, of which the parts alone do not tell. */
export interface TapAccount {
  readonly planned: number | null;
  readonly told: number;
  readonly skipped: string | null;
  readonly bailOut: string | null;
  readonly faults: readonly string[];
}

interface Level {
  planned: number | null;
  skipped: string | null;
  told: number;
  readonly numbers: Set<number>;
  tests: TapTest[];
}

const mostFaults = 20;
/** Deeper than anybody nests tests. */
const deepest = 200;

/** Reads TAP line by line; sub-tests are indented by four, and told before the test that they are a part of, or in its braces. */
export class TapReader {
  readonly #onTest: (test: TapTest) => void;
  /** Of a failure, as soon as it is seen: what explains it comes later. */
  readonly #onFailure: (test: TapTest) => void;
  readonly #levels: Level[] = [emptyLevel()];
  readonly #braces: { readonly depth: number; readonly result: TapResult }[] = [];
  readonly #faults: string[] = [];
  #moreFaults = 0;
  #last: { readonly depth: number; readonly test: TapTest } | null = null;
  #held: TapTest | null = null;
  #yaml: number | null = null;
  #bailOut: string | null = null;

  constructor(onTest: (test: TapTest) => void, onFailure: (test: TapTest) => void) {
    this.#onTest = onTest;
    this.#onFailure = onFailure;
  }

  get account(): TapAccount {
    const { planned, told, skipped } = this.#levels[0]!;
    const more = this.#moreFaults === 0 ? [] : [`and ${this.#moreFaults} more such faults`];
    return { planned, told, skipped, bailOut: this.#bailOut, faults: [...this.#faults, ...more] };
  }

  push(raw: string): void {
    const indent = raw.length - raw.trimStart().length;
    if (this.#yaml !== null && this.#readYaml(raw, indent)) return;
    const depth = Math.floor(indent / 4);
    const text = raw.slice(indent);
    if (this.#last && indent === this.#last.depth * 4 + 2 && text.trimEnd() === '---') {
      this.#yaml = indent;
      return;
    }
    const line: TapLine = indent % 4 === 0 && depth < deepest ? tapLine(text) : { kind: 'noise' };
    switch (line.kind) {
      case 'result':
        this.#release();
        if (line.opens) this.#braces.push({ depth, result: line });
        else this.#result(depth, line);
        return;
      case 'plan':
        this.#release();
        this.#plan(depth, line);
        return;
      case 'bail-out':
        this.#release();
        this.#bailOut ??= line.reason;
        return;
      case 'close': {
        const open = this.#braces.at(-1);
        if (open?.depth !== depth) return;
        this.#braces.pop();
        this.#result(depth, open.result);
        return;
      }
      case 'comment':
        if (this.#last?.depth === depth && !this.#last.test.ok) this.#explain(line.text);
        return;
      case 'yaml':
      case 'noise':
        if (text) this.#release();
    }
  }

  /** Sub-tests whose own test never came are told by themselves. */
  end(): void {
    this.#release();
    for (const { result } of this.#braces.splice(0).reverse()) this.#result(0, { ...result, ok: false, opens: false });
    this.#release();
    for (const test of this.#levels.splice(1).flatMap(({ tests }) => tests)) this.#onTest(test);
  }

  /** False: the line is beyond it, for a document may be cut off anywhere. */
  #readYaml(raw: string, indent: number): boolean {
    if (raw.trim() !== '' && indent < this.#yaml!) {
      this.#yaml = null;
      return false;
    }
    if (indent === this.#yaml && raw.trim() === '...') this.#yaml = null;
    else this.#explain(raw.slice(this.#yaml!));
    return true;
  }

  #explain(text: string): void {
    const test = this.#last?.test;
    if (test) test.diagnosis = appended(test.diagnosis, `${text}\n`);
  }

  #result(depth: number, { ok, number, title, directive, ms }: TapResult): void {
    const level = this.#level(depth);
    const [below, ...deeper] = this.#levels.splice(depth + 1);
    const children = [...(below?.tests ?? []), ...deeper.flatMap(({ tests }) => tests)];
    level.told += 1;
    const test: TapTest = {
      title: title || `test ${number ?? level.told}`,
      ok,
      directive,
      children,
      ms,
      diagnosis: '',
    };
    if (number !== null && level.numbers.has(number)) this.#fault(`test ${number} is there twice`);
    level.numbers.add(number ?? level.told);
    const wrong = below && below.planned !== null && below.planned !== below.told;
    if (wrong && ok && !directive) {
      test.ok = false;
      test.diagnosis = `It planned ${below.planned} sub-tests and told of ${below.told}.\n`;
    }
    this.#last = { depth, test };
    if (depth > 0) level.tests.push(test);
    else if (test.ok) this.#onTest(test);
    else {
      this.#held = test;
      this.#onFailure(test);
    }
  }

  #plan(depth: number, { count, skip }: Extract<TapLine, { kind: 'plan' }>): void {
    const level = this.#level(depth);
    if (level.planned !== null) return this.#fault('there is a second plan');
    level.planned = count;
    level.skipped = skip;
  }

  #release(): void {
    const test = this.#held;
    this.#held = null;
    if (test) this.#onTest(test);
  }

  #level(depth: number): Level {
    while (this.#levels.length <= depth) this.#levels.push(emptyLevel());
    return this.#levels[depth]!;
  }

  #fault(text: string): void {
    if (this.#faults.length < mostFaults) this.#faults.push(text);
    else this.#moreFaults++;
  }
}

function emptyLevel(): Level {
  return { planned: null, skipped: null, told: 0, numbers: new Set(), tests: [] };
}
