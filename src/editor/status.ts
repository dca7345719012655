import * as vscode from 'vscode';
import type { CageDescription } from '../protocol/limits.ts';
import type { CageStatus, Notice } from '../protocol/messages.ts';
import { statusBarKey } from './contributed-settings.ts';
import type { RunEvent } from './runs.ts';
import { type CageMemory, type Danger, dangerOf, dangerText, downgradeOf, remembered } from './danger.ts';
import { section } from './settings.ts';
import { cageLines, type Counts, type StatusState, statusDetails, statusText, TopMemory } from './status-text.ts';

const updateMs = 250;
const lookEveryMs = 1_000;
/** What the machine's cages were when they were last looked at. */
const cageKey = 'bulkhead.cage';
/** A process that cannot be killed is a promise broken; the others are to be known. */
const colors = { survivors: 'error', memory: 'warning', downgraded: 'warning' } as const;
const actions = () =>
  [
    [vscode.l10n.t('Run all tests'), 'bulkhead.runAll'],
    [vscode.l10n.t('Run failed again'), 'bulkhead.runFailed'],
    [vscode.l10n.t('Stop and reap'), 'bulkhead.stop'],
    [vscode.l10n.t('Report'), 'bulkhead.showReport'],
    [vscode.l10n.t('Processes'), 'bulkhead.showProcesses'],
    [vscode.l10n.t('Doctor'), 'bulkhead.doctor'],
    [vscode.l10n.t('Log'), 'bulkhead.showLog'],
  ] as const;

/** The one line about the run that is always in sight. */
export class Status implements vscode.Disposable {
  readonly item = vscode.window.createStatusBarItem('status', vscode.StatusBarAlignment.Left, 10);
  readonly #cage: () => CageDescription | null;
  #state: StatusState = { kind: 'idle' };
  #counts: Counts = {};
  #survivors = 0;
  #shown = true;
  #timer: NodeJS.Timeout | undefined;
  readonly #cages: () => Promise<readonly CageStatus[]>;
  #living: readonly CageStatus[] = [];
  #lookedAt = -Infinity;
  #budgetBytes: number | null = null;
  /** The strongest cage of this window, or of the last one. */
  #best: CageMemory | undefined;
  #downgrade: ReturnType<typeof downgradeOf> = null;
  #top = new TopMemory();

  constructor(cage: () => CageDescription | null, cages: () => Promise<readonly CageStatus[]>) {
    this.#cage = cage;
    this.#cages = cages;
    this.item.name = 'Bulkhead';
    this.item.command = 'bulkhead.showReport';
    this.#show();
    this.configured();
  }

  /** Shown or not, as the setting says. */
  configured(): void {
    this.#shown = vscode.workspace.getConfiguration(section).get(statusBarKey, true);
    if (this.#shown) this.item.show();
    else this.item.hide();
  }

  run(event: RunEvent): void {
    const { kind, records } = event;
    if (kind === 'begun') this.#top = new TopMemory();
    if (kind === 'record') this.#top.add(event.row);
    if (kind === 'ended') this.#living = [];
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

  /** The cages from now on, which are the machine's business: what it had the last time is remembered by `memory`. */
  async cage(cage: CageDescription, memory: Pick<vscode.Memento, 'get' | 'update'>): Promise<void> {
    const now = remembered(cage);
    this.#best ??= memory.get<CageMemory>(cageKey);
    this.#downgrade = downgradeOf(this.#best, now);
    if (!this.#downgrade) this.#best = now;
    this.#show();
    await memory.update(cageKey, now);
  }

  live({ memoryBytes, processes, cages, memoryBudgetBytes }: Extract<Notice, { notice: 'live' }>): void {
    if (this.#state.kind !== 'running') return;
    this.#budgetBytes = memoryBudgetBytes ?? null;
    this.#state = { ...this.#state, live: { memoryBytes, processes, cages } };
    this.#soon();
    void this.#look();
  }

  survivors(count: number): void {
    this.#survivors = count;
    this.#show();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.item.dispose();
  }

  /** For the card alone, so seldom; a warden that is just dying has no cages to show. */
  async #look(): Promise<void> {
    if (!this.#shown || performance.now() - this.#lookedAt < lookEveryMs) return;
    this.#lookedAt = performance.now();
    // Without a list the card shows the sums that the run tells.
    const living = await this.#cages().catch(() => []);
    if (this.#state.kind === 'running') this.#living = living;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#show(), updateMs);
  }

  #show(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { text, spoken } = statusText(this.#state, this.#survivors);
    const danger = this.#danger();
    const label =
      danger && danger.kind !== 'survivors' ? vscode.l10n.t('{0}. Warning: {1}', spoken, dangerText(danger)) : spoken;
    if (this.item.text !== text || this.item.accessibilityInformation?.label !== label) {
      this.item.text = text;
      this.item.accessibilityInformation = { label, role: 'button' };
    }
    this.item.backgroundColor = danger && new vscode.ThemeColor(`statusBarItem.${colors[danger.kind]}Background`);
    this.item.tooltip = this.#tooltip();
  }

  #danger(): Danger | undefined {
    const live = this.#state.kind === 'running' ? this.#state.live : null;
    const circumstances = { memoryBytes: live?.memoryBytes ?? null, budgetBytes: this.#budgetBytes };
    return dangerOf({ survivors: this.#survivors, downgrade: this.#downgrade, ...circumstances }) ?? undefined;
  }

  #tooltip(): vscode.MarkdownString {
    const links = actions()
      .map(([label, command]) => `[${label}](command:${command})`)
      .join(' · ');
    const danger = this.#danger();
    const lines = [
      `**Bulkhead**: ${vscode.l10n.t('safe test runs')}`,
      ...(danger ? [`$(warning) **${vscode.l10n.t('Warning')}**: ${dangerText(danger)}.`] : []),
      ...statusDetails(this.#state, this.#counts, this.#cage()),
    ];
    const tooltip = new vscode.MarkdownString(lines.join('\n\n'), true);
    for (const { heading, entries } of [
      { heading: vscode.l10n.t('Alive now'), entries: cageLines(this.#living) },
      { heading: vscode.l10n.t('Most memory'), entries: this.#top.lines() },
    ]) {
      if (entries.length === 0) continue;
      tooltip.appendMarkdown(`\n\n**${heading}**\n`);
      // Titles are the workspace's own words: as text, they can be no link and no command.
      for (const entry of entries) tooltip.appendMarkdown('\n- ').appendText(entry);
    }
    tooltip.appendMarkdown(`\n\n${links}`);
    tooltip.isTrusted = { enabledCommands: actions().map(([, command]) => command) };
    return tooltip;
  }
}
