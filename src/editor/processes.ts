import * as vscode from 'vscode';
import type { WardenClient } from '../client/client.ts';
import type { Notice, WardenSight, WardenStatus } from '../protocol/messages.ts';
import { oneLine, plural } from '../reports/excerpt.ts';
import type { Connection } from './connection.ts';
import { attachTo } from './debugging.ts';
import { inspectedAt } from './inspected.ts';
import { childrenOf, type Row, rowText } from './process-rows.ts';
import type { TestTree } from './tree.ts';

const view = 'bulkhead.processes';
const lookEveryMs = 500;
/** For what dead wardens have left, the whole machine is looked over. */
const leftEveryMs = 2_000;
const icons = {
  warden: 'shield',
  cage: 'package',
  leftover: 'warning',
  'left-cage': 'package',
  process: 'server-process',
} as const;

/** What is alive now, looked at only while somebody can see it and there is something to see. */
export class Processes implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #connection: Connection;
  readonly #tree: TestTree;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly view: vscode.TreeView<Row>;
  #status: WardenStatus | undefined;
  #left: readonly WardenSight[] = [];
  #leftAt = -Infinity;
  #living = 0;
  #lookedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #looking = false;

  constructor(connection: Connection, tree: TestTree, log: vscode.LogOutputChannel) {
    this.#connection = connection;
    this.#tree = tree;
    this.#log = log;
    this.view = vscode.window.createTreeView(view, { treeDataProvider: this });
  }

  register(): vscode.Disposable[] {
    return [
      this.view.onDidChangeVisibility(() => this.#soon()),
      vscode.commands.registerCommand('bulkhead.showProcesses', () => vscode.commands.executeCommand(`${view}.focus`)),
      vscode.commands.registerCommand('bulkhead.endCage', (row?: Row) => this.endCage(row)),
      vscode.commands.registerCommand('bulkhead.goToTest', (row?: Row) => this.goToTest(row)),
      vscode.commands.registerCommand('bulkhead.copyPid', (row?: Row) => this.copyPid(row)),
      vscode.commands.registerCommand('bulkhead.attachDebugger', (row?: Row) => this.attachDebugger(row)),
    ];
  }

  getChildren(row?: Row): Row[] {
    if (row) return childrenOf(row);
    const left = this.#left.map((warden): Row => ({ kind: 'leftover', warden }));
    return this.#status ? [{ kind: 'warden', warden: this.#status }, ...left] : left;
  }

  getTreeItem(row: Row): vscode.TreeItem {
    const { id, label, description, tooltip, spoken, context } = rowText(row);
    const { Expanded, None } = vscode.TreeItemCollapsibleState;
    // VS Code unfolds a row when it is new, and never one that had nothing in it at first.
    const item = new vscode.TreeItem(label, row.kind === 'process' ? None : Expanded);
    return Object.assign(item, {
      id,
      description,
      tooltip,
      contextValue: context,
      iconPath: new vscode.ThemeIcon(icons[row.kind]),
      accessibilityInformation: { label: spoken },
    });
  }

  live({ cages }: Extract<Notice, { notice: 'live' }>): void {
    this.#living = cages;
    this.#soon();
  }

  wardenDied(): void {
    this.#living = 0;
    this.#show(undefined, []);
  }

  /** Everything in the cage is gone when this resolves, or the user is told what is not. */
  async endCage(row: Row | undefined): Promise<void> {
    if (row?.kind !== 'cage') return;
    const { name, label } = row.cage;
    const title = oneLine(label, 80);
    try {
      const ended = await this.#connection.client?.request('endCage', { cage: name });
      const survivors = ended?.survivors ?? [];
      if (survivors.length > 0) {
        const pids = survivors.map(({ pid }) => pid).join(', ');
        this.#log.error(`Of "${title}" could not be killed: ${pids}.`);
        const count = plural(survivors.length, 'process', 'processes');
        void vscode.window.showErrorMessage(
          vscode.l10n.t('Bulkhead could not kill {0} of "{1}": {2}.', count, title, pids),
        );
      } else if (ended?.found) this.#log.info(`Killed the cage of "${title}"; no process of it is alive.`);
      else this.#log.info(`The cage of "${title}" had ended before it could be killed.`);
    } catch (error) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Bulkhead could not kill the cage of "{0}". {1}', title, (error as Error).message),
      );
    }
    this.#soon();
  }

  async goToTest(row: Row | undefined): Promise<void> {
    if (row?.kind !== 'cage' || row.cage.test === null) return;
    const item = this.#tree.item(row.cage.test);
    if (!item?.uri) {
      void vscode.window.showInformationMessage(
        vscode.l10n.t('Bulkhead: this test is not in the Test Explorer any more.'),
      );
      return;
    }
    await vscode.window.showTextDocument(item.uri, item.range ? { selection: item.range } : {});
  }

  async copyPid(row: Row | undefined): Promise<void> {
    if (row?.kind === 'warden') await vscode.env.clipboard.writeText(String(row.warden.pid));
    if (row?.kind === 'process') await vscode.env.clipboard.writeText(String(row.process.pid));
  }

  /** Its cage, its cap and its time limit stay as they are. */
  async attachDebugger(row: Row | undefined): Promise<void> {
    const place = row?.kind === 'process' ? inspectedAt(row.process.command) : null;
    if (row?.kind !== 'process' || !place) return;
    const label = vscode.l10n.t('process {0}', row.process.pid);
    try {
      await attachTo({ ...place, label });
    } catch (error) {
      const { message } = error as Error;
      void vscode.window.showErrorMessage(vscode.l10n.t('Bulkhead attached no debugger. {0}', message));
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.view.dispose();
    this.#changed.dispose();
  }

  #soon(): void {
    if (!this.view.visible || this.#looking || this.#timer) return;
    const wait = Math.max(0, this.#lookedAt + lookEveryMs - performance.now());
    this.#timer = setTimeout(() => void this.#look(), wait);
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    // To look must not start a warden: without one, nothing is alive.
    const { client } = this.#connection;
    if (!this.view.visible) return;
    this.#looking = true;
    this.#lookedAt = performance.now();
    try {
      const status = await client?.request('status', {});
      const left = await this.#lookForLeft(client);
      if (client === this.#connection.client) this.#show(status, left);
      else this.#show(undefined, []);
    } catch (error) {
      this.#log.debug(`The processes could not be looked at: ${(error as Error).message}`);
    } finally {
      this.#looking = false;
    }
    if (this.#living > 0 || (this.#status?.cages.length ?? 0) > 0 || this.#left.length > 0) this.#soon();
  }

  async #lookForLeft(client: WardenClient | undefined): Promise<readonly WardenSight[]> {
    if (!client || performance.now() - this.#leftAt < leftEveryMs) return this.#left;
    this.#leftAt = performance.now();
    return client.request('leftovers', {});
  }

  #show(status: WardenStatus | undefined, left: readonly WardenSight[]): void {
    if (!status && !this.#status) return;
    this.#status = status;
    this.#left = left;
    this.#changed.fire();
  }
}
