import * as vscode from 'vscode';
import type { TestKey } from '../protocol/tests.ts';
import { oneLine, plural } from '../reports/excerpt.ts';
import { reapingText } from '../reports/processes.ts';
import type { Runs } from './runs.ts';
import type { Status } from './status.ts';
import type { TestTree } from './tree.ts';

/** What a menu of the Test Explorer, or of a message in it, hands over. */
type OutputTarget = vscode.TestItem | { readonly test: vscode.TestItem };

/** What the palette, the status bar and the report offer. */
export class Commands {
  readonly #runs: Runs;
  readonly #tree: TestTree;
  readonly #status: Status;
  readonly #log: vscode.LogOutputChannel;
  readonly #profile: vscode.TestRunProfile;

  constructor(
    runs: Runs,
    tree: TestTree,
    status: Status,
    log: vscode.LogOutputChannel,
    profile: vscode.TestRunProfile,
  ) {
    this.#runs = runs;
    this.#tree = tree;
    this.#status = status;
    this.#log = log;
    this.#profile = profile;
  }

  register(showReport: () => void, openOutput: (key: TestKey) => Promise<void>): vscode.Disposable[] {
    return [
      vscode.commands.registerCommand('bulkhead.runAll', () => this.runAll()),
      vscode.commands.registerCommand('bulkhead.runFailed', () => this.runFailed()),
      vscode.commands.registerCommand('bulkhead.stop', () => this.stop()),
      vscode.commands.registerCommand('bulkhead.reap', () => this.reap()),
      vscode.commands.registerCommand('bulkhead.showReport', showReport),
      vscode.commands.registerCommand('bulkhead.showLog', () => this.#log.show()),
      vscode.commands.registerCommand('bulkhead.revealOutput', async (target?: OutputTarget) => {
        const key = target ? await this.#keyOf(target) : await this.#askWhose();
        if (key !== undefined) await openOutput(key);
      }),
    ];
  }

  async runAll(): Promise<void> {
    await this.#runs.start(new vscode.TestRunRequest(undefined, undefined, this.#profile));
  }

  async runFailed(): Promise<void> {
    const failed = this.#runs.last?.failed() ?? [];
    if (failed.length > 0) await this.run(failed);
    else void vscode.window.showInformationMessage(vscode.l10n.t('Bulkhead: no test of the last run failed.'));
  }

  async #keyOf(target: OutputTarget): Promise<TestKey | undefined> {
    const key = this.#tree.keyOf('test' in target ? target.test : target);
    const { last } = this.#runs;
    if (last && key !== undefined) await this.#runs.recall(last, key);
    if (key !== undefined && last?.details(key)) return key;
    void vscode.window.showInformationMessage(vscode.l10n.t('Bulkhead: the last run has kept no output of this test.'));
    return undefined;
  }

  /** In the palette: of the tests that printed more than is kept with them. */
  async #askWhose(): Promise<TestKey | undefined> {
    const saved = this.#runs.last?.withOutputFile() ?? [];
    if (saved.length === 0) {
      const text = vscode.l10n.t('Bulkhead: no test of the last run printed more than is shown in its report.');
      void vscode.window.showInformationMessage(text);
      return undefined;
    }
    const items = saved.map(({ key, title, file }) => ({ label: title, description: file, key }));
    return (await vscode.window.showQuickPick(items, { placeHolder: vscode.l10n.t('Whose output?') }))?.key;
  }

  /** These tests of the last run, and no others. */
  async run(keys: readonly TestKey[]): Promise<void> {
    const { last } = this.#runs;
    if (!last || keys.length === 0) return;
    const items = keys.map(key => this.#tree.item(key)).filter(item => item !== undefined);
    await this.#runs.start(new vscode.TestRunRequest(items, undefined, this.#profile), {
      selection: last.selection(keys),
    });
  }

  /** What wardens have left that were killed themselves; what runs now is not touched. */
  async reap(): Promise<void> {
    const location = vscode.ProgressLocation.Window;
    try {
      const reaping = await vscode.window.withProgress(
        { location, title: vscode.l10n.t('Bulkhead: reaping leftovers') },
        () => this.#runs.reap(),
      );
      const text = reapingText(reaping);
      this.#log.info(text);
      const survived = reaping.unfinished.length > 0 || reaping.wardens.some(({ survivors }) => survivors.length > 0);
      if (survived) void vscode.window.showErrorMessage(`Bulkhead: ${text}`);
      else void vscode.window.showInformationMessage(`Bulkhead: ${text}`);
    } catch (error) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Bulkhead could not look for leftovers. {0}', (error as Error).message),
      );
    }
  }

  async stop(): Promise<void> {
    const location = vscode.ProgressLocation.Window;
    const { stoppedRuns, survivors } = await vscode.window.withProgress(
      { location, title: vscode.l10n.t('Bulkhead: stopping') },
      () => this.#runs.stop(true),
    );
    this.#status.survivors(survivors.length);
    if (survivors.length > 0) {
      const names = survivors.slice(0, 3).map(({ pid, command }) => `${oneLine(command, 60)} (${pid})`);
      const [count, named] = [survivors.length, names.join(', ')];
      this.#log.error(`Could not be killed: ${named} (${count} in all).`);
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Bulkhead could not kill {0}: {1}.', plural(count, 'process', 'processes'), named),
      );
      return;
    }
    this.#log.info(`Stop and Reap Everything: stopped ${plural(stoppedRuns, 'run')}; no process of a test is alive.`);
    const text =
      stoppedRuns === 0
        ? vscode.l10n.t('Bulkhead: no run was going on; no process of a test is alive.')
        : vscode.l10n.t('Bulkhead: stopped {0}; no process of a test is alive.', plural(stoppedRuns, 'run'));
    void vscode.window.showInformationMessage(text);
  }
}
