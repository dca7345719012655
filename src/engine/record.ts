import type { LeakPolicy, Settings } from '../config/settings.ts';
import type { MechanismName } from '../protocol/limits.ts';
import type { Timeline } from '../protocol/timeline.ts';
import type { Attribute, TestRecord } from '../protocol/verdict.ts';
import { wouldNotEnd } from './evidence.ts';
import { judge } from './judge.ts';
import { judgeExitCode } from './judge-exit-code.ts';
import type { Judgement } from './judgement.ts';
import { during } from './timeline.ts';
import type { TestOutcome, Unit, UnitOutcome } from './unit.ts';

const nearCap = 0.9;
/** Of its life: a quota that is used up now and then makes no difference. */
const worthTelling = 0.1;
const maxListed = 50;

/** Puts the verdict, the numbers and the evidence of one test together: written once, shown everywhere. */
export function recordOf(
  unit: Unit,
  outcome: UnitOutcome,
  test: TestOutcome,
  context: { mechanism: MechanismName; leaks: LeakPolicy; settings: Settings },
): TestRecord {
  const { evidence } = outcome;
  const timeline = timelineOf(outcome, test);
  const attributes = attributesOf(outcome, test).filter(
    ({ kind }) => context.leaks !== 'ignore' || (kind !== 'leaked-processes' && kind !== 'left-behind'),
  );
  const judgement = withLeakPolicy(judgementOf(unit, outcome, test, context.settings), attributes, context.leaks);
  return {
    test: test.test,
    project: unit.project.id,
    ...judgement,
    attributes,
    startedAt: test.startedAt,
    durationMs: test.durationMs,
    usage: {
      peakMemoryBytes: evidence.peakMemoryBytes,
      cpuMs: evidence.cpuMs,
      maxProcesses: evidence.maxProcesses,
      ...(evidence.storage ? { storage: evidence.storage } : {}),
      shared: evidence.shared,
    },
    ...(timeline ? { timeline } : {}),
    // Like its output, those of a shared cage are told once.
    ...(evidence.processes && (!evidence.shared || test.evidence.last) ? { processes: evidence.processes } : {}),
    limits: unit.limits,
    cage: context.mechanism,
    // What a shared cage printed is kept once, with the last test of it.
    output: !evidence.shared || test.evidence.last ? outcome.output : { text: '', droppedBytes: 0 },
  };
}

function timelineOf({ evidence: { timeline, shared } }: UnitOutcome, test: TestOutcome): Timeline | undefined {
  if (!timeline || !shared) return timeline;
  return test.startedAt === null ? undefined : during(timeline, test.startedAt, test.durationMs ?? 0);
}

function judgementOf(unit: Unit, { evidence }: UnitOutcome, test: TestOutcome, settings: Settings): Judgement {
  const { framework, project } = unit;
  if (framework.reporting !== 'exit-code') return judge(test.evidence, evidence);
  return judgeExitCode(
    test.evidence,
    evidence,
    code => framework.readExit?.(project, code, settings) ?? { state: code === 0 ? 'passed' : 'failed' },
  );
}

function attributesOf({ evidence, output }: UnitOutcome, test: TestOutcome): Attribute[] {
  const attributes: Attribute[] = [];
  const { limits, peakMemoryBytes, survivors } = evidence;
  const { leftovers } = test.evidence;
  const tellsTheEnd = !evidence.shared || test.evidence.last;
  if (leftovers.length > 0) {
    attributes.push({ kind: 'leaked-processes', processes: leftovers.slice(0, maxListed), total: leftovers.length });
  }
  if (tellsTheEnd && survivors.length > 0) attributes.push({ kind: 'survivors', processes: survivors });
  if (tellsTheEnd && evidence.leakedPipe) attributes.push({ kind: 'leaked-pipe' });
  if (tellsTheEnd && evidence.ignoredSigterm) attributes.push({ kind: 'ignored-sigterm' });
  if (limits.memoryBytes !== null && peakMemoryBytes !== null && peakMemoryBytes >= limits.memoryBytes * nearCap) {
    attributes.push({ kind: 'near-memory-cap', fraction: peakMemoryBytes / limits.memoryBytes });
  }
  const { throttled } = evidence;
  if (tellsTheEnd && throttled && throttled.ms >= evidence.wallMs * worthTelling)
    attributes.push({ kind: 'throttled', ...throttled });
  if (test.slow && limits.slowMs !== null) attributes.push({ kind: 'slow', thresholdMs: limits.slowMs });
  if (tellsTheEnd && evidence.refusedProcesses) {
    attributes.push({ kind: 'processes-refused', times: evidence.refusedProcesses });
  }
  for (const { limit, because } of evidence.unenforced) attributes.push({ kind: 'limit-not-enforced', limit, because });
  const { unhandled, leftOpen, leaks } = test.evidence;
  if (wouldNotEnd(evidence) && leftOpen.length > 0) attributes.push({ kind: 'left-open', what: listed(leftOpen) });
  for (const { leak, what } of leaks) {
    attributes.push({ kind: 'left-behind', leak, what: what.slice(0, maxListed), total: what.length });
  }
  for (const failure of unhandled) attributes.push({ kind: 'unhandled-rejection', failure });
  const retries = test.evidence.end?.retries;
  if (retries) attributes.push({ kind: 'retried-by-framework', retries });
  if (tellsTheEnd && output.droppedBytes > 0) {
    const { file, bytes, missing } = output;
    const saved = { ...(file === undefined ? {} : { file, bytes }), ...(missing === undefined ? {} : { missing }) };
    attributes.push({ kind: 'output-truncated', droppedBytes: output.droppedBytes, ...saved });
  }
  if (tellsTheEnd) {
    for (const problem of evidence.protocolProblems) attributes.push({ kind: 'protocol', problem });
  }
  return attributes;
}

function listed(what: readonly string[]): readonly string[] {
  return what.length > maxListed ? [...what.slice(0, maxListed), `${what.length - maxListed} more`] : what;
}

function withLeakPolicy(judgement: Judgement, attributes: readonly Attribute[], policy: LeakPolicy): Judgement {
  const leak = attributes.find(attribute => attribute.kind === 'leaked-processes');
  if (policy !== 'fail' || !leak || judgement.verdict.kind !== 'passed') return judgement;
  const text = `The test passed, but it left ${leak.total} ${leak.total === 1 ? 'process' : 'processes'} running (killed), and "leaks" is set to "fail".`;
  return { verdict: { kind: 'failed' }, why: [...judgement.why, text], messages: [{ text }] };
}
