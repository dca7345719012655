import * as vscode from 'vscode';
import type { Convention } from '../frameworks/outline/conventions.ts';
import type { Discovery, Requests } from '../protocol/messages.ts';
import type { Folder, Project } from '../protocol/tests.ts';
import { folderSetups } from './settings.ts';
import type { TestSource } from './tree.ts';

const passedOver = '**/{node_modules,.git,.venv,venv,dist,out,build,vendor}/**';
const mostFiles = 10_000;
/** It is read in the extension host, where nobody may wait for it. */
const longestText = 512 * 1024;

type Handlers = {
  readonly [N in 'projects' | 'discover']: (params: Requests[N]['params']) => Promise<Requests[N]['result']>;
};

/** Tests as far as names and texts of files tell them, for a workspace of which nothing may be run. There is no process behind it. */
export class ReadTests implements TestSource {
  readonly client = this;
  readonly generation = 1;
  readonly #projects = new Map<string, { readonly project: Project; readonly convention: Convention }>();
  readonly #handlers: Handlers = {
    projects: () => this.#list(),
    discover: ({ project, file, text }) => this.#discover(project, file, text),
  };

  async open(): Promise<void> {}

  request<N extends 'projects' | 'discover'>(name: N, params: Requests[N]['params']): Promise<Requests[N]['result']> {
    return this.#handlers[name](params);
  }

  async #list(): Promise<Requests['projects']['result']> {
    this.#projects.clear();
    for (const { folder } of folderSetups().folders) {
      for (const convention of await conventionsIn(folder)) {
        const found = await Promise.all(
          convention.globs.map(glob => {
            const pattern = new vscode.RelativePattern(vscode.Uri.file(folder.path), glob);
            return vscode.workspace.findFiles(pattern, passedOver, mostFiles);
          }),
        );
        const files = [...new Set(found.flat().map(({ fsPath }) => fsPath))].sort();
        if (files.length === 0) continue;
        const { framework, label } = convention;
        const id = `read:${framework}:${folder.path}`;
        this.#projects.set(id, {
          project: { id, framework, folder, root: folder.path, label, files, watch: [] },
          convention,
        });
      }
    }
    return { projects: [...this.#projects.values()].map(({ project }) => project), problems: [] };
  }

  async #discover(id: string, file: string, typed: string | undefined): Promise<Discovery> {
    const found = this.#projects.get(id);
    if (!found) return { tests: [] };
    const text = typed ?? (await textOf(vscode.Uri.file(file)));
    if (text === null || text.length > longestText) return { tests: [] };
    return { tests: found.convention.outline(found.project, file, text) };
  }
}

/** The parsers are loaded only here, for in a workspace that is trusted the warden has them. */
async function conventionsIn(folder: Folder): Promise<readonly Convention[]> {
  const { conventionsOf } = await import('../frameworks/outline/conventions.ts');
  const root = vscode.Uri.file(folder.path);
  const entries = await vscode.workspace.fs.readDirectory(root);
  return conventionsOf(
    entries.map(([name]) => name),
    await textOf(vscode.Uri.joinPath(root, 'package.json')),
  );
}

async function textOf(uri: vscode.Uri): Promise<string | null> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    // Bytes are at least as many as characters; a character has four at most.
    if (size > 4 * longestText) return null;
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    // It is not there, or may not be read: nothing can be said of it.
    return null;
  }
}
