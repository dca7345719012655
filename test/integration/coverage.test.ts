import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/editor/test-api.ts';
import { extension, file, itemAt, labels, lastState, listen } from './editor.ts';

const source = [
  'exports.sign = x => {',
  '  if (x < 0) {',
  '    return -1;', // 3
  '  }',
  '  return 1;', // 5
  '};',
  'exports.never = function never() {',
  '  return 0;', // 8
  '};',
].join('\n');

describe('the coverage profile', () => {
  let api: TestApi;
  let heard: ReturnType<typeof listen>;
  const library = file('lib/sign.js');
  const tests = file('test/covered.test.js');
  const { token } = new vscode.CancellationTokenSource();

  before(async () => {
    api = await extension();
    mkdirSync(path.dirname(library), { recursive: true });
    writeFileSync(library, source);
    writeFileSync(
      tests,
      `const { sign } = require('../lib/sign.js');
       it('positive', () => void sign(1));
       it('negative', () => void sign(-1));`,
    );
    await api.controller.refreshHandler?.(token);
    heard = listen(api);
  });

  after(async () => {
    heard.stop();
    rmSync(library);
    rmSync(tests);
    await api.controller.refreshHandler?.(token);
  });

  it('shows what all tests ran of a file, and what each of them did', async function () {
    this.timeout(180_000);
    const mocha = labels(api.controller.items).find(label => /mocha/i.test(label))!;
    const item = await itemAt(api, mocha, 'test', 'covered.test.js');
    const { coverageProfile } = api;
    assert.equal(coverageProfile.kind, vscode.TestRunProfileKind.Coverage);
    await coverageProfile.runHandler(new vscode.TestRunRequest([item], undefined, coverageProfile), token);
    const [run, ...others] = heard.runs;
    assert.deepEqual([others.length, run?.ended], [0, 1]);
    assert.deepEqual([lastState(run!, 'positive'), lastState(run!, 'negative')], ['passed', 'passed']);

    assert.deepEqual(
      run!.coverage.map(({ uri }) => uri.fsPath),
      [library],
    );
    const [shown] = run!.coverage;
    const counts = ({ covered, total }: vscode.TestCoverageCount) => [covered, total];
    assert.deepEqual(counts(shown!.statementCoverage), [8, 9]);
    assert.deepEqual(counts(shown!.declarationCoverage!), [1, 2]);
    assert.deepEqual(shown!.includesTests?.map(({ label }) => label).toSorted(), ['negative', 'positive']);

    const ofAll = (await coverageProfile.loadDetailedCoverage?.({} as vscode.TestRun, shown!, token))!;
    assert.deepEqual(uncovered(ofAll), [8]);
    assert.deepEqual(functions(ofAll), { 'exports.sign': 2, never: 0 });
    const ofOne = async (label: string) => {
      const test = shown!.includesTests!.find(each => each.label === label)!;
      return (await coverageProfile.loadDetailedCoverageForTest?.({} as vscode.TestRun, shown!, test, token))!;
    };
    assert.deepEqual(uncovered(await ofOne('negative')), [5, 8]);
    const positive = await ofOne('positive');
    assert.deepEqual(uncovered(positive), [3, 4, 8]);
    const [branch] = positive.flatMap(each => (each instanceof vscode.StatementCoverage ? each.branches : []));
    assert.equal((branch?.location as vscode.Range | undefined)?.start.line, 1);
  });
});

function uncovered(details: readonly vscode.FileCoverageDetail[]): number[] {
  return details.flatMap(each =>
    each instanceof vscode.StatementCoverage && !each.executed ? [(each.location as vscode.Range).start.line + 1] : [],
  );
}

function functions(details: readonly vscode.FileCoverageDetail[]): Record<string, number | boolean> {
  return Object.fromEntries(
    details.flatMap(each => (each instanceof vscode.DeclarationCoverage ? [[each.name, each.executed]] : [])),
  );
}
