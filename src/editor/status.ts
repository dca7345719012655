import * as vscode from 'vscode';
import type { CageDescription } from '../protocol/limits.ts';
import type { Notice } from '../protocol/messages.ts';
import type { RunEvent } from './runs.ts';
import { type Counts, type StatusState, statusDetails, statusText } from './status-text.ts';

const updateMs = 250;
const actions = [
  ['Run all tests', 'bulkhead.runAll'],
  ['Run failed again', 'bulkhead.runFailed'],
  ['Stop and reap', 'bulkhead.stop'],
  ['Report', 'bulkhead.showReport'],
  ['Log', 'bulkhead.showLog'],
] as const;

/** The one line about the run that is always in sight. */
export class Status implements vscode.Disposable {
  readonly item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, 10);
  readonly #cage: () => CageDescription | null;
  #state: StatusState = { kind: 'idle' };
  #counts: Counts = {};
  #survivors = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(cage: () => CageDescription | null) {
    this.#cage = cage;
    this.item.name = 'Bulkhead';
    this.item.command = 'bulkhead.showReport';
    this.#show();
    this.item.show();
  }

  run({ kind, records }: RunEvent): void {
    const { finished, planned, counts, summary, lostBecause } = records;
    this.#counts = counts;
    if (kind === 'begun') this.#survivors = 0;
    this.#survivors = Math.max(this.#survivors, records.survivors);
    if (kind !== 'ended') {
      const live = this.#state.kind === 'running' ? this.#state.live : null;
      this.#state = { kind: 'running', finished, planned, live };
    } else if (lostBecause !== undefined) this.#state = { kind: 'lost', because: lostBecause };
    else this.#state = { kind: 'ended', counts, planned, how: summary && !summary.cancelled ? 'done' : 'stopped' };
    if (kind === 'ended') this.#show();
    else this.#soon();
  }

  live({ memoryBytes, processes, cages }: Extract<Notice, { notice: 'live' }>): void {
    if (this.#state.kind !== 'running') return;
    this.#state = { ...this.#state, live: { memoryBytes, processes, cages } };
    this.#soon();
  }

  survivors(count: number): void {
    this.#survivors = count;
    this.#show();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.item.dispose();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#show(), updateMs);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { text, spoken } = statusText(this.#state, this.#survivors);
    if (this.item.text !== text) {
      this.item.text = text;
      this.item.accessibilityInformation = { label: spoken, role: 'button' };
    }
    this.item.backgroundColor =
      this.#survivors > 0 ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.item.tooltip = this.#tooltip();
  }

  #tooltip(): vscode.MarkdownString {
    const links = actions.map(([label, command]) => `[${label}](command:${command})`).join(' · ');
    const lines = ['**Bulkhead**: safe test runs', ...statusDetails(this.#state, this.#counts, this.#cage()), links];
    const tooltip = new vscode.MarkdownString(lines.join('\n\n'));
    tooltip.isTrusted = { enabledCommands: actions.map(([, command]) => command) };
    return tooltip;
  }
}
