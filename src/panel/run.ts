import type { RunSummary } from '../protocol/messages.ts';
import { grouped, plural } from '../reports/excerpt.ts';
import type { PanelLive, RunHead } from './messages.ts';

/** What is known of the run beside its records. */
export interface RunState {
  readonly head: RunHead;
  /** `performance.now()` when the head arrived: with its `elapsedMs` the panel needs no clock of the host's machine. */
  readonly receivedAt: number;
  readonly live: PanelLive | null;
  readonly summary: RunSummary | null;
  readonly lost: { readonly because: string; readonly at: number } | null;
}

export type Phase = 'running' | 'finished' | 'stopped' | 'lost';

export function phaseOf({ summary, lost }: RunState): Phase {
  if (summary) return summary.cancelled ? 'stopped' : 'finished';
  return lost === null ? 'running' : 'lost';
}

export function elapsedMs({ head, receivedAt, summary, lost }: RunState, now: number): number {
  return summary ? summary.durationMs : head.elapsedMs + Math.max(0, (lost?.at ?? now) - receivedAt);
}

export interface Tally {
  readonly done: number;
  readonly failed: number;
  readonly passed: number;
  /** Begun at all. */
  readonly ran: number;
}

/** The run in a sentence. */
export function phaseText(state: RunState, { done, failed, passed, ran }: Tally): string {
  const planned = count(plannedOf(state, done));
  const also = failed > 0 ? `, ${count(failed)} failed` : '';
  switch (phaseOf(state)) {
    case 'running':
      return `Running: ${count(done)} of ${planned}${also}`;
    case 'stopped':
      return `Stopped after ${plural(ran, 'test')} of ${planned}${also}`;
    case 'lost':
      return `Connection lost after ${count(done)} of ${planned}`;
    case 'finished':
      return `Finished: ${resultText(planned, failed, count(passed))}`;
  }
}

function resultText(planned: string, failed: number, passed: string): string {
  if (planned === '0') return 'no tests';
  if (failed > 0) return `${count(failed)} of ${planned} failed`;
  if (passed !== planned) return `none of ${planned} failed`;
  return planned === '1' ? 'the test passed' : `all ${planned} passed`;
}

export function plannedOf({ head, summary }: RunState, done: number): number {
  return Math.max(summary?.planned ?? head.planned, done);
}

/** Every planned test ends with a verdict; when one is not here, that is said. */
export function missingText(state: RunState, done: number): string | null {
  const missing = plannedOf(state, done) - done;
  if (!state.summary || missing === 0) return null;
  return `${plural(missing, 'planned test')} ${missing === 1 ? 'has' : 'have'} no verdict in this report.`;
}

export function count(number: number): string {
  return grouped(number);
}
