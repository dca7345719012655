import { relative } from 'node:path';
import * as vscode from 'vscode';
import { formatBytes, formatDuration, parseBytes } from '../config/quantities.ts';
import type { LimitSettings } from '../config/settings.ts';
import { fields } from '../config/table.ts';
import type { Project } from '../protocol/tests.ts';
import { isFailure, verdictKinds } from '../protocol/verdict.ts';
import { oneLine, plural } from '../reports/excerpt.ts';
import { verdictLabel } from '../reports/wording.ts';
import { type ChosenTests, chosenItems, testsOf } from './chosen-tests.ts';
import type { Report } from './report.ts';
import { reproductionCommand } from './reproduction.ts';
import type { RunRecords } from './run-records.ts';
import type { Runs, RunWishes } from './runs.ts';
import { shellOf } from './shell-quoting.ts';
import { limitsFor, writeLimit } from './test-limits.ts';
import type { TestTree } from './tree.ts';
import { asWritten, wrong } from './values.ts';

interface Chosen extends ChosenTests {
  readonly item: vscode.TestItem;
  readonly owner: Project;
  /** Of a single test. */
  readonly titlePath: readonly string[] | undefined;
  readonly limits: Required<LimitSettings>;
}

/** What can be done with one test, or one file, from its row, its gutter icon, its message or the palette. */
export class TestActions {
  readonly #runs: Runs;
  readonly #tree: TestTree;
  readonly #report: Report;
  readonly #profile: vscode.TestRunProfile;

  constructor(runs: Runs, tree: TestTree, report: Report, profile: vscode.TestRunProfile) {
    this.#runs = runs;
    this.#tree = tree;
    this.#report = report;
    this.#profile = profile;
  }

  register(): vscode.Disposable[] {
    const actions = {
      runWithMoreMemory: chosen => this.runWithMoreMemory(chosen),
      runRepeatedly: chosen => this.runRepeatedly(chosen),
      copyReproduction: chosen => this.copyReproduction(chosen),
      setMemory: chosen => this.setLimit(chosen, 'memory'),
      setTimeout: chosen => this.setLimit(chosen, 'timeout'),
    } satisfies Record<string, (chosen: Chosen) => Promise<void>>;
    return [
      ...Object.entries<(chosen: Chosen) => Promise<void>>(actions).map(([name, action]) =>
        vscode.commands.registerCommand(`bulkhead.${name}`, (...args: unknown[]) => this.#with(args, action)),
      ),
      vscode.commands.registerCommand('bulkhead.showTestReport', (...args: unknown[]) => this.showReport(args)),
    ];
  }

  async runWithMoreMemory(chosen: Chosen): Promise<void> {
    const bytes = await moreMemory(chosen.limits.memory);
    if (bytes === undefined) return;
    const size = bytes === null ? vscode.l10n.t('no memory cap') : formatBytes(bytes);
    const records = await this.#run(chosen, { overrides: { memory: bytes }, name: vscode.l10n.t('with {0}', size) });
    if (bytes === null || records.finished === 0) return;
    const label = oneLine(chosen.item.label, 60);
    const ran = records.hasFailed
      ? vscode.l10n.t('Bulkhead: {0} failed with {1}: {2}.', label, size, failuresText(records))
      : vscode.l10n.t('Bulkhead: {0} passed with {1}.', label, size);
    // A cap that is still too small is not worth keeping.
    const enough = !records.counts['out-of-memory'];
    const next = enough ? vscode.l10n.t('Write to Configuration') : vscode.l10n.t('More Memory…');
    if ((await vscode.window.showInformationMessage(ran, next)) !== next) return;
    if (enough) await this.#write(chosen, 'memory', size);
    else await this.runWithMoreMemory({ ...chosen, limits: { ...chosen.limits, memory: bytes } });
  }

  /** One after the other, each in a cage of its own and with nothing of it beside. */
  async runRepeatedly(chosen: Chosen): Promise<void> {
    const text = await vscode.window.showInputBox({
      title: vscode.l10n.t('Bulkhead: run "{0}" alone, again and again', oneLine(chosen.item.label, 60)),
      prompt: vscode.l10n.t('How many times'),
      value: '20',
      validateInput: typed => (/^[1-9]\d{0,3}$/.test(typed.trim()) ? null : vscode.l10n.t('A number from 1 to 9999.')),
    });
    if (text === undefined) return;
    const times = Number(text);
    const told: RunRecords[] = [];
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true };
    const title = vscode.l10n.t('Bulkhead: running "{0}"', oneLine(chosen.item.label, 60));
    await vscode.window.withProgress({ ...options, title }, async (progress, token) => {
      while (told.length < times && !token.isCancellationRequested) {
        progress.report({ message: vscode.l10n.t('{0} of {1}', told.length + 1, times), increment: 100 / times });
        const name = vscode.l10n.t('{0} of {1}', told.length + 1, times);
        const records = await this.#run(chosen, { overrides: { isolation: 'test', jobs: 1, retries: 0 }, name }, token);
        if (records.summary?.cancelled !== false) break;
        told.push(records);
      }
    });
    void vscode.window.showInformationMessage(`Bulkhead: ${oneLine(chosen.item.label, 60)}: ${timesText(told)}.`);
  }

  async copyReproduction({ owner, file, keys, limits }: Chosen): Promise<void> {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    const single = vscode.workspace.workspaceFolders?.length === 1;
    const command = reproductionCommand(
      { folder: owner.folder, file, keys, limits: { memoryBytes: limits.memory, timeoutMs: limits.timeout } },
      single && first ? first.uri.fsPath : '',
      shellOf(vscode.env.shell),
    );
    await vscode.env.clipboard.writeText(command);
    vscode.window.setStatusBarMessage(
      vscode.l10n.t('Bulkhead: copied the command that runs this again in a terminal'),
      5_000,
    );
  }

  async setLimit(chosen: Chosen, key: 'memory' | 'timeout'): Promise<void> {
    const now = chosen.limits[key];
    const text = await vscode.window.showInputBox({
      title:
        key === 'memory'
          ? vscode.l10n.t('Bulkhead: memory cap of "{0}"', oneLine(chosen.item.label, 60))
          : vscode.l10n.t('Bulkhead: time limit of "{0}"', oneLine(chosen.item.label, 60)),
      prompt:
        key === 'memory'
          ? vscode.l10n.t('A size such as "1 GiB", or "none"')
          : vscode.l10n.t('A time such as "30s" or "2 min", or "none"'),
      value: now === null ? 'none' : key === 'memory' ? formatBytes(now) : formatDuration(now),
      validateInput: typed => wrongLimit(key, typed),
    });
    if (text !== undefined) await this.#write(chosen, key, text.trim());
  }

  async showReport(args: readonly unknown[]): Promise<void> {
    const [item] = await chosenItems(this.#tree, args);
    const key = item && testsOf(this.#tree, item)?.keys[0];
    if (item && (key === undefined || !this.#runs.last?.place(key))) {
      const text = vscode.l10n.t(
        'Bulkhead: {0} is not among the tests of the run that the report shows.',
        oneLine(item.label, 60),
      );
      void vscode.window.showInformationMessage(text);
    }
    this.#report.show(key);
  }

  async #with(args: readonly unknown[], action: (chosen: Chosen) => Promise<void>): Promise<void> {
    try {
      await this.#tree.ready();
      const chosen = await this.#chosen((await chosenItems(this.#tree, args))[0]);
      if (chosen) await action(chosen);
      else
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Bulkhead: choose a test, a suite or a file of tests first.'),
        );
    } catch (error) {
      void vscode.window.showErrorMessage(vscode.l10n.t('Bulkhead could not do that. {0}', (error as Error).message));
    }
  }

  async #chosen(item: vscode.TestItem | undefined): Promise<Chosen | undefined> {
    const tests = item && testsOf(this.#tree, item);
    const owner = tests && this.#tree.projects.find(({ id }) => id === tests.project);
    if (!item || !tests || !owner) return undefined;
    const titlePath = this.#tree.outline.scope(item).kind === 'test' ? titlesOf(this.#tree, item) : undefined;
    return { ...tests, item, owner, titlePath, limits: await limitsFor(owner, tests, titlePath) };
  }

  #run({ item }: Chosen, wishes: RunWishes, token?: vscode.CancellationToken): Promise<RunRecords> {
    return this.#runs.start(new vscode.TestRunRequest([item], undefined, this.#profile), wishes, token);
  }

  async #write({ owner, file, titlePath }: Chosen, key: 'memory' | 'timeout', value: string): Promise<void> {
    const files = relative(owner.folder.path, file).replaceAll('\\', '/');
    const tests = titlePath && wordsOf(titlePath);
    await writeLimit(owner.folder.path, { files: globOf(files), ...(tests ? { tests } : {}) }, key, value);
  }
}

/** The titles as the configuration reads them, from the outside in. */
function titlesOf(tree: TestTree, item: vscode.TestItem): string[] {
  const kind = tree.outline.scope(item).kind;
  if (kind !== 'test' && kind !== 'suite') return [];
  return [...(item.parent ? titlesOf(tree, item.parent) : []), item.label];
}

/** A label is cut where a title is very long; the words before that are enough. */
function wordsOf(titlePath: readonly string[]): string {
  const cut = titlePath.findIndex(title => title.endsWith('…'));
  const words = (cut < 0 ? titlePath : titlePath.slice(0, cut + 1)).join(' ');
  return cut < 0 ? words : words.slice(0, Math.max(words.lastIndexOf(' '), 0));
}

/** A file may be called what means something in a glob. */
function globOf(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@]/g, '\\$&');
}

async function moreMemory(cap: number | null): Promise<number | null | undefined> {
  interface Choice extends vscode.QuickPickItem {
    readonly bytes?: number | null;
  }
  const times = (factor: number): Choice[] =>
    cap === null ? [] : [{ label: `×${factor}`, description: formatBytes(cap * factor), bytes: cap * factor }];
  const choices: Choice[] = [
    ...times(2),
    ...times(4),
    { label: vscode.l10n.t('Other…'), description: vscode.l10n.t('a size of your own') },
    {
      label: vscode.l10n.t('No cap'),
      description: vscode.l10n.t('the test may take all the memory there is'),
      bytes: null,
    },
  ];
  const placeHolder =
    cap === null ? vscode.l10n.t('It has no memory cap now') : vscode.l10n.t('The cap is {0} now', formatBytes(cap));
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Bulkhead: Run with More Memory'),
    placeHolder,
  });
  if (!chosen) return undefined;
  if (chosen.bytes !== undefined) return chosen.bytes;
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Bulkhead: Run with More Memory'),
    prompt: vscode.l10n.t('A size such as "1 GiB"'),
    validateInput: typed => wrongLimit('memory', typed),
  });
  if (text === undefined) return undefined;
  const parsed = parseBytes(text);
  return parsed.ok ? parsed.value : null;
}

function wrongLimit(key: 'memory' | 'timeout', typed: string): string | null {
  return wrong(fields[key], asWritten(typed));
}

/** `timed out`, and of more than one test `2 timed out, 1 failed`. */
function failuresText({ counts, finished }: RunRecords): string {
  return verdictKinds
    .filter(kind => isFailure(kind) && counts[kind])
    .map(kind => `${finished > 1 ? `${counts[kind]} ` : ''}${verdictLabel(kind).toLowerCase()}`)
    .join(', ');
}

/** `20 runs: 19 passed, 1 out of memory`. */
function timesText(runs: readonly RunRecords[]): string {
  const counts = new Map<string, number>();
  for (const { counts: own } of runs) {
    const failed = Object.keys(own).find(kind => isFailure(kind as never));
    const kind = failed ?? Object.keys(own)[0] ?? 'not-run';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const parts = [...counts].map(([kind, count]) => `${count} ${verdictLabel(kind as never).toLowerCase()}`);
  return `${plural(runs.length, 'run')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}
