import * as vscode from 'vscode';
import { withClientReasons } from '../client/diagnosis.ts';
import { doctorMarkdown } from '../reports/doctor.ts';
import type { Connection } from './connection.ts';

const scheme = 'bulkhead-doctor';
const page = vscode.Uri.from({ scheme, path: '/Bulkhead Doctor.md' });

/** The page on this machine's cages: a document without a file, which nobody can change. */
export class Doctor implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #connection: Connection;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  #text = '';

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  register(): vscode.Disposable[] {
    return [
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.commands.registerCommand('bulkhead.doctor', () => this.show()),
    ];
  }

  provideTextDocumentContent(): string {
    return this.#text;
  }

  async show(): Promise<void> {
    const location = vscode.ProgressLocation.Window;
    try {
      this.#text = await vscode.window.withProgress(
        { location, title: vscode.l10n.t('Bulkhead: trying every kind of cage') },
        () => this.examine(),
      );
    } catch (error) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Bulkhead could not examine this machine. {0}', (error as Error).message),
      );
      return;
    }
    // One that is open already shows what was found the last time.
    this.#changed.fire(page);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(page), { preview: true });
  }

  dispose(): void {
    this.#changed.dispose();
  }

  /** What is known of the cages of this machine, as Markdown. */
  async examine(): Promise<string> {
    const client = await this.#connection.open();
    return doctorMarkdown(withClientReasons(await client.request('doctor', {}), client.info.cage));
  }
}
