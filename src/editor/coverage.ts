import * as vscode from 'vscode';
import type { Count, CoverageDetail, CoverageSummary, FileCoverage, Span } from '../protocol/coverage.ts';
import type { TestKey } from '../protocol/tests.ts';
import type { Connection } from './connection.ts';
import type { Problems } from './problems.ts';
import type { TestTree } from './tree.ts';

/** Of one file, in the menu of its tests; every one of them crosses to the window with the file. */
const mostTests = 1000;

/** What tests ran, as VS Code shows it: counts at once, and lines when a file is opened. */
export class Coverage {
  readonly #connection: Connection;
  readonly #tree: TestTree;
  readonly #problems: Problems;
  readonly #runs = new WeakMap<vscode.FileCoverage, string>();

  constructor(connection: Connection, tree: TestTree, problems: Problems) {
    this.#connection = connection;
    this.#tree = tree;
    this.#problems = problems;
  }

  /** Before the run is told to have ended. */
  async show(run: vscode.TestRun, id: string): Promise<void> {
    const coverage = await this.#connection.request('coverage', { run: id });
    for (const problem of coverage.problems) this.#problems.add(problem);
    for (const file of coverage.files) {
      const shown = this.#shown(file, coverage);
      this.#runs.set(shown, id);
      run.addCoverage(shown);
    }
  }

  /** How a profile asks for the lines of a file. */
  register(profile: vscode.TestRunProfile): void {
    profile.loadDetailedCoverage = (_run, file) => this.#detail(file);
    profile.loadDetailedCoverageForTest = (_run, file, item) => this.#detail(file, item);
  }

  async #detail(file: vscode.FileCoverage, item?: vscode.TestItem): Promise<vscode.FileCoverageDetail[]> {
    const run = this.#runs.get(file);
    if (run === undefined) return [];
    const test = item && this.#keyOf(item);
    if (item && test === undefined) return [];
    const about = { run, file: file.uri.fsPath, ...(test === undefined ? {} : { test }) };
    const detail = await this.#connection.request('coverageDetail', about);
    return detail ? detailsOf(detail) : [];
  }

  #shown({ file, lines, branches, functions, tests }: FileCoverage, summary: CoverageSummary): vscode.FileCoverage {
    const items = tests.slice(0, mostTests).map(at => this.#tree.item(summary.tests[at] ?? ''));
    return new vscode.FileCoverage(
      vscode.Uri.file(file),
      countOf(lines),
      branches.total > 0 ? countOf(branches) : undefined,
      functions.total > 0 ? countOf(functions) : undefined,
      items.filter(item => item !== undefined),
    );
  }

  #keyOf(item: vscode.TestItem): TestKey | undefined {
    const scope = this.#tree.outline.scope(item);
    return scope.kind === 'test' ? scope.key : undefined;
  }
}

function countOf({ covered, total }: Count): vscode.TestCoverageCount {
  return new vscode.TestCoverageCount(covered, total);
}

/** A branch is a part of the line that it begins in. */
function detailsOf({ lines, branches, functions }: CoverageDetail): vscode.FileCoverageDetail[] {
  const inLine = Map.groupBy(
    branches.filter(({ body }) => !body),
    ({ line }) => line,
  );
  return [
    ...lines.map(([line, count]) => {
      const parts = inLine.get(line)?.map(branch => new vscode.BranchCoverage(branch.count, rangeOf(branch)));
      return new vscode.StatementCoverage(
        count,
        new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER),
        parts,
      );
    }),
    ...functions.map(each => new vscode.DeclarationCoverage(each.name || '(anonymous)', each.count, rangeOf(each))),
  ];
}

function rangeOf({ line, column, endLine, endColumn }: Span): vscode.Range {
  return new vscode.Range(line - 1, column - 1, endLine - 1, endColumn - 1);
}
