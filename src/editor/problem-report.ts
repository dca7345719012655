import * as vscode from 'vscode';
import { configName } from '../config/load.ts';
import type { Doctor } from './doctor.ts';
import { configurationText, withoutValues } from './redaction.ts';

/** Of the end of the log. */
const mostLog = 64 * 1024;

/** What a report of a problem needs, in a document that its author reads before anybody else does. */
export class ProblemReport {
  readonly #context: vscode.ExtensionContext;
  readonly #doctor: Doctor;

  constructor(context: vscode.ExtensionContext, doctor: Doctor) {
    this.#context = context;
    this.#doctor = doctor;
  }

  register(): vscode.Disposable {
    return vscode.commands.registerCommand('bulkhead.reportProblem', () => this.show());
  }

  async show(): Promise<void> {
    const content = withoutValues(await this.#text(), process.env);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'markdown', content }));
  }

  async #text(): Promise<string> {
    const { version } = this.#context.extension.packageJSON as { version: string };
    const system = `Bulkhead ${version}, VS Code ${vscode.version} (${vscode.env.appName}), Node ${process.versions.node}, ${process.platform} ${process.arch}`;
    const location = vscode.ProgressLocation.Window;
    const title = vscode.l10n.t('Bulkhead: collecting what a report needs');
    const doctor = await vscode.window.withProgress({ location, title }, () =>
      this.#doctor.examine().catch((error: Error) => `The doctor could not look: ${error.message}`),
    );
    const configurations = await Promise.all((vscode.workspace.workspaceFolders ?? []).map(configurationOf));
    return [
      '# Report of a problem with Bulkhead',
      'Say what you did, what you expected and what came instead. Nothing below has been sent anywhere: read it, and remove what is nobody else’s business. It has no source code and no values of the environment; it does have paths and names of files.',
      '## System',
      system,
      '## Configuration',
      ...configurations,
      '## Doctor',
      doctor,
      '## Log',
      fenced(await this.#log(), ''),
      '',
    ].join('\n\n');
  }

  async #log(): Promise<string> {
    const folder = this.#context.logUri;
    const entries = await vscode.workspace.fs.readDirectory(folder).then(
      found => found,
      // Nothing was logged yet.
      () => [],
    );
    const texts = await Promise.all(
      entries.filter(([name]) => name.endsWith('.log')).map(([name]) => read(vscode.Uri.joinPath(folder, name))),
    );
    return texts.join('\n').slice(-mostLog) || 'The log is empty.';
  }
}

async function configurationOf({ name, uri }: vscode.WorkspaceFolder): Promise<string> {
  const text = await read(vscode.Uri.joinPath(uri, configName));
  return `${name}:\n\n${text === '' ? 'no configuration file' : fenced(configurationText(text), 'json')}`;
}

async function read(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    // What is not there has nothing to say.
    return '';
  }
}

function fenced(text: string, language: string): string {
  return `~~~~${language}\n${text.replaceAll('~~~~', '~ ~ ~')}\n~~~~`;
}
