import type { AgentEngine, AgentRun } from '../../../src/agents/engine.ts';
import type { PastRun } from '../../../src/protocol/history.ts';
import type { CageStatus, RequestName } from '../../../src/protocol/messages.ts';
import type { Project, TestInfo } from '../../../src/protocol/tests.ts';
import type { TestRecord, VerdictKind } from '../../../src/protocol/verdict.ts';
import { sampleRecord } from '../reports/samples.ts';

export const project: Project = {
  id: 'mocha:w:.',
  framework: 'mocha',
  folder: { name: 'w', path: '/w' },
  root: '/w',
  label: 'mocha',
  files: ['/w/test/a.test.js', '/w/test/sub/b.test.js', '/w/spec/c.js'],
  watch: [],
};

export function test(file: string, ...titlePath: string[]): TestInfo {
  return { key: `${file} ${titlePath.join(' ')}`, framework: 'mocha', file, titlePath, ordinal: 0, line: 3 };
}

/** A warden that only answers: what the tools make of answers is the subject, and real wardens have tests of their own. */
export class PretendEngine implements AgentEngine {
  readonly runs: AgentRun[] = [];
  readonly discovered: string[] = [];
  tests: readonly TestInfo[] = [];
  /** Of each run, one after the other; the last one stays. */
  results: (readonly TestRecord[])[] = [[sampleRecord({ kind: 'passed' })]];
  past: readonly PastRun[] = [];
  cages: readonly CageStatus[] = [];
  listed: readonly Project[] = [project];
  died: string | null = null;

  readonly ask = (async (name: RequestName, params: { readonly file?: string }) => {
    switch (name) {
      case 'discover':
        this.discovered.push(params.file!);
        return { tests: this.tests.filter(({ file }) => file === params.file) };
      case 'history':
        return this.past;
      case 'status':
        return { cages: this.cages };
      case 'records':
        return { records: this.results[0], next: null };
      default:
        throw new Error(`Nobody expected ${name}.`);
    }
  }) as AgentEngine['ask'];

  async projects() {
    return this.listed;
  }

  async run(order: AgentRun) {
    const records = this.results[Math.min(this.runs.length, this.results.length - 1)]!;
    this.runs.push(order);
    if (this.died !== null) return { because: this.died };
    for (const record of records) order.onRecord(record);
    const counts: Partial<Record<VerdictKind, number>> = {};
    for (const { verdict } of records) counts[verdict.kind] = (counts[verdict.kind] ?? 0) + 1;
    const fixed = { run: 'r', startedAt: 0, durationMs: 1200, problems: [], journal: null, leaked: 0, flaky: 0 };
    return { summary: { ...fixed, planned: records.length, counts, cancelled: order.signal.aborted } };
  }
}
