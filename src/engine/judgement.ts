import type { FailureMessage, Verdict } from '../protocol/verdict.ts';
import type { Reached } from './reached.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly why: readonly string[];
  readonly messages: readonly FailureMessage[];
}

export function judgement(
  verdict: Verdict,
  why: readonly string[],
  messages: readonly FailureMessage[] = [],
): Judgement {
  return { verdict, why, messages };
}

export function limitReached({ limit, allowed, why }: Reached, messages: readonly FailureMessage[] = []): Judgement {
  return judgement({ kind: 'limit-reached', limit, allowed }, [why], messages);
}

export function because(reason: string | undefined): { reason?: string } {
  return reason ? { reason } : {};
}
