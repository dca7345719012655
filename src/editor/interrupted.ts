import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { newestUnended } from '../client/unended.ts';
import { canGoOn, type PastRun } from '../protocol/history.ts';
import type { Connection } from './connection.ts';
import { interruptionText } from './interruption-text.ts';
import { type PastRuns, whenText } from './past-runs.ts';
import type { Runs } from './runs.ts';

/** The run of which somebody has been told, and needs no second telling. */
const toldKey = 'bulkhead.interruptionTold';
/** The warden of a window that is just being reloaded takes a moment to end. */
const lookAgainMs = [1_000, 2_000, 4_000, 8_000, 16_000];
const mostRuns = 200;

/** Runs that were cut short with their window: told when it opens again, and gone on with when somebody wants to. */
export class Interrupted implements vscode.Disposable {
  readonly #storage: string;
  readonly #state: vscode.Memento;
  readonly #connection: Connection;
  readonly #runs: Runs;
  readonly #pastRuns: PastRuns;
  readonly #log: vscode.LogOutputChannel;
  readonly #closing = new AbortController();

  constructor(
    context: Pick<vscode.ExtensionContext, 'workspaceState'> & { readonly storage: string },
    connection: Connection,
    runs: Runs,
    pastRuns: PastRuns,
    log: vscode.LogOutputChannel,
  ) {
    this.#storage = context.storage;
    this.#state = context.workspaceState;
    this.#connection = connection;
    this.#runs = runs;
    this.#pastRuns = pastRuns;
    this.#log = log;
  }

  register(): vscode.Disposable[] {
    return [this, vscode.commands.registerCommand('bulkhead.resumeInterrupted', () => this.resumeNewest())];
  }

  /** A window whose last run came to its end, or that never had one, costs no process here. */
  async look(): Promise<void> {
    try {
      const run = await newestUnended(this.#storage);
      if (run === null || this.#state.get(toldKey) === run) return;
      const past = await this.#settled(run);
      if (past?.state === 'interrupted') await this.#tell(past);
    } catch (error) {
      this.#log.warn(`Whether a run was interrupted could not be seen: ${(error as Error).message}`);
    }
  }

  async resumeNewest(): Promise<void> {
    try {
      const runs = await this.#connection.request('history', { limit: mostRuns });
      const newest = runs.find(canGoOn);
      if (newest) await this.resume(newest);
      else
        void vscode.window.showInformationMessage(
          vscode.l10n.t('Bulkhead: no run that is kept was interrupted or stopped.'),
        );
    } catch (error) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('Bulkhead could not go on with the run. {0}', (error as Error).message),
      );
    }
  }

  async resume(past: PastRun): Promise<void> {
    await this.#runs.resume(past.run, vscode.l10n.t('Run of {0}, resumed', whenText(past)), past.startedAt);
  }

  dispose(): void {
    this.#closing.abort();
  }

  /** What became of the run, once nobody writes to it any more; undefined while somebody does. */
  async #settled(run: string): Promise<PastRun | undefined> {
    for (const ms of [0, ...lookAgainMs]) {
      await sleep(ms, undefined, { signal: this.#closing.signal });
      const runs = await this.#connection.request('history', { limit: mostRuns });
      const past = runs.find(each => each.run === run);
      // One of this very window is in everybody's sight.
      if (past?.state !== 'running' || this.#runs.last?.run === run) return past;
    }
    return undefined;
  }

  async #tell(past: PastRun): Promise<void> {
    const [resume, show] = [vscode.l10n.t('Resume'), vscode.l10n.t('Show')];
    const answer = await vscode.window.showInformationMessage(interruptionText(past, whenText(past)), resume, show);
    await this.#state.update(toldKey, past.run);
    if (answer === resume) await this.resume(past);
    if (answer === show) await this.#pastRuns.open(past);
  }
}
