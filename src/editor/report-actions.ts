import * as vscode from 'vscode';
import type { TestKey } from '../protocol/tests.ts';
import type { Commands } from './commands.ts';
import type { Place } from './packed-row.ts';
import type { RunRecords } from './run-records.ts';
import type { Runs } from './runs.ts';

const outputScheme = 'bulkhead-output';

/** What the buttons of the report do. The panel names tests by key; places come from the run's own records. */
export class ReportActions implements vscode.TextDocumentContentProvider {
  readonly #runs: Runs;
  readonly #commands: Commands;

  constructor(runs: Runs, commands: Commands) {
    this.#runs = runs;
    this.#commands = commands;
  }

  register(): vscode.Disposable {
    return vscode.workspace.registerTextDocumentContentProvider(outputScheme, this);
  }

  async reveal(key: TestKey): Promise<void> {
    await open(this.#last?.place(key));
  }

  async openMessage(key: TestKey, message: number): Promise<void> {
    await open(this.#last?.messagePlace(key, message) ?? this.#last?.place(key));
  }

  async openOutput(key: TestKey): Promise<void> {
    await this.#recall(key);
    const file = this.#last?.details(key)?.output.file;
    if (file !== undefined && (await openFile(file))) return;
    const uri = vscode.Uri.from({ scheme: outputScheme, path: `/${key}.log`, query: this.#last?.run ?? '' });
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  /** What is known of the test, to paste into an issue or a chat. */
  async copy(key: TestKey): Promise<void> {
    await this.#recall(key);
    const text = this.#last?.detailsText(key) ?? null;
    if (text !== null) await vscode.env.clipboard.writeText(text);
  }

  provideTextDocumentContent({ path, query }: vscode.Uri): string {
    const records = this.#last;
    const details = records?.run === query ? records.details(path.slice(1, -'.log'.length)) : null;
    if (!details) return vscode.l10n.t('The output of this test is no longer kept.');
    const { text, droppedBytes } = details.output;
    return droppedBytes > 0
      ? `${text}\n[${vscode.l10n.t('{0} bytes of its middle are not shown here.', droppedBytes)}]\n`
      : text;
  }

  async rerun(keys: readonly TestKey[]): Promise<void> {
    await this.#commands.run(keys);
  }

  async runAll(): Promise<void> {
    await this.#commands.runAll();
  }

  /** Asks for a place and a format, as the command does. */
  async export(): Promise<void> {
    await vscode.commands.executeCommand('bulkhead.exportReport');
  }

  async stop(): Promise<void> {
    await this.#commands.stop();
  }

  async #recall(key: TestKey): Promise<void> {
    if (this.#last) await this.#runs.recall(this.#last, key);
  }

  get #last(): RunRecords | undefined {
    return this.#runs.last;
  }
}

/** The whole output may be larger than VS Code opens by itself: then it asks. False: retention has removed it. */
async function openFile(file: string): Promise<boolean> {
  const uri = vscode.Uri.file(file);
  try {
    await vscode.workspace.fs.stat(uri);
  } catch (error) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t(
        'Bulkhead: {0} is not there any more, so what is kept is shown: {1}',
        file,
        (error as Error).message,
      ),
    );
    return false;
  }
  await vscode.commands.executeCommand('vscode.open', uri);
  return true;
}

async function open(place: Place | undefined): Promise<void> {
  if (!place) return;
  const position = new vscode.Position(Math.max(0, place.line - 1), Math.max(0, place.column - 1));
  const uri = vscode.Uri.file(place.file);
  try {
    await vscode.window.showTextDocument(uri, { selection: new vscode.Range(position, position) });
  } catch (error) {
    void vscode.window.showWarningMessage(
      vscode.l10n.t('Bulkhead: {0} could not be opened: {1}', place.file, (error as Error).message),
    );
  }
}
