import * as vscode from 'vscode';
import type { Project } from '../protocol/tests.ts';
import type { Connection } from './connection.ts';
import type { TestTree } from './tree.ts';
import { watchedPlace } from './watched-place.ts';

/** A checkout of another branch is one change, not ten thousand. */
const quietMs = 300;
/** No braces inside of braces: VS Code then watches nothing at all. */
const configuration = `**/{${[
  'bulkhead.config.json',
  ...['.mocharc.*', 'vitest.config.*', 'vitest.workspace.*', 'vite.config.*', 'jest.config.*', 'playwright.config.*'],
  'package.json',
  ...['pytest.ini', '.pytest.ini', 'pytest.toml', '.pytest.toml', 'pyproject.toml', 'setup.cfg', 'tox.ini'],
  ...['go.mod', 'Cargo.toml'],
].join()}}`;

/** Keeps the tree as the files are, from the first listing on. */
export class Watch implements vscode.Disposable {
  readonly #tree: TestTree;
  readonly #connection: Connection;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new Set<string>();
  readonly #seen = new vscode.EventEmitter<readonly string[]>();
  /** Files that were written, made or deleted, once the tree knows what is in them. */
  readonly onDidChange = this.#seen.event;
  #watchers: vscode.Disposable[] = [];
  #watched = '';
  #listAgain = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(tree: TestTree, connection: Connection, log: vscode.LogOutputChannel) {
    this.#tree = tree;
    this.#connection = connection;
    this.#log = log;
  }

  follow(projects: readonly Project[]): void {
    const patterns = [
      ...(vscode.workspace.workspaceFolders ?? []).map(({ uri }) => ({ root: uri.fsPath, glob: configuration })),
      ...projects.flatMap(({ root, watch }) => watch.map(glob => watchedPlace(root, glob))),
    ];
    const unique = new Map(patterns.map(pattern => [JSON.stringify(pattern), pattern]));
    const watched = [...unique.keys()].sort().join('\n');
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.#stop();
    this.#watchers = [...unique.values()].map(({ root, glob }) => this.#watch(root, glob));
  }

  /** The settings or the folders are others: the warden gets them with its next request, and the list may differ. */
  configured(): void {
    this.#connection.changed();
    if (!this.#connection.client) return;
    this.#listAgain = true;
    this.#soon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#stop();
  }

  #watch(root: string, glob: string): vscode.Disposable {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.file(root), glob));
    const seen = (uri: vscode.Uri, mayListDiffer: boolean) => {
      if (isInstalled(uri)) return;
      this.#changed.add(uri.fsPath);
      this.#listAgain ||= mayListDiffer;
      this.#soon();
    };
    watcher.onDidCreate(uri => seen(uri, true));
    watcher.onDidDelete(uri => seen(uri, true));
    watcher.onDidChange(uri => seen(uri, !this.#tree.lists(uri.fsPath)));
    return watcher;
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#catchUp(), quietMs);
  }

  async #catchUp(): Promise<void> {
    const files = [...this.#changed];
    this.#changed.clear();
    try {
      if (this.#listAgain) {
        this.#listAgain = false;
        await this.#tree.list();
      }
      await Promise.all(files.map(file => this.#tree.changed(file)));
      if (files.length > 0) this.#seen.fire(files);
    } catch (error) {
      this.#log.error(`The tests could not be listed again: ${(error as Error).message}`);
    }
  }

  #stop(): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = [];
  }
}

function isInstalled({ fsPath }: vscode.Uri): boolean {
  return /[\\/]node_modules[\\/]/.test(fsPath);
}
