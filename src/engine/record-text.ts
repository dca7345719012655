import type { TestInfo } from '../protocol/tests.ts';
import type { CapturedOutput, TestRecord, Usage } from '../protocol/verdict.ts';
import { briefOf } from './brief.ts';

const { stringify } = JSON;

/**
 * The line of a record in the journal, in this order: the history reads no further than it must. To make it whole with each test
 * costs more than to judge it, so parts that many tests have in common are made into text once.
 */
export function recordText(record: TestRecord): string {
  const { test, project, verdict, why, messages, attributes, startedAt, durationMs, timeline, processes } = record;
  // A part that is not named here would be missing from the journal.
  const rest = {
    verdict: verdictText(verdict),
    why: whyText(why),
    messages: listText(messages),
    attributes: listText(attributes),
    startedAt: numberText(startedAt),
    durationMs: numberText(durationMs),
    usage: usageText(record.usage),
    timeline: timeline && stringify(timeline),
    processes: processes && stringify(processes),
    cage: record.cage,
    output: outputText(record.output),
    limits: limitsText(record.limits),
  } satisfies Record<Exclude<keyof TestRecord, 'test' | 'project'>, string | undefined>;
  const seen = `${rest.timeline ? `"timeline":${rest.timeline},` : ''}${rest.processes ? `"processes":${rest.processes},` : ''}`;
  return `{"entry":"record","brief":${briefText(record)},"record":{"test":${testText(test)},"project":${projectText(project)},"verdict":${rest.verdict},"why":${rest.why},"messages":${rest.messages},"attributes":${rest.attributes},"startedAt":${rest.startedAt},"durationMs":${rest.durationMs},"usage":${rest.usage},${seen}"cage":"${rest.cage}","output":${rest.output},"limits":${rest.limits}}}`;
}

const keyText = remembered<string>();
const projectText = remembered<string>();
const frameworkText = remembered<string>();
const fileText = remembered<string>();
const verdictText = remembered<TestRecord['verdict']>();
const whyText = remembered<TestRecord['why']>();
const limitsText = remembered<TestRecord['limits']>();

/** The one before had it too, more often than not. */
function remembered<T>(): (value: T) => string {
  let last: T | undefined;
  let text = '';
  return value => {
    if (value !== last) [last, text] = [value, stringify(value)];
    return text;
  };
}

function briefText(record: TestRecord): string {
  const [key, verdict, startedAt, durationMs, peak, cpuMs, attempts, leaked] = briefOf(record);
  return `[${keyText(key)},"${verdict}",${numberText(startedAt)},${numberText(durationMs)},${numberText(peak)},${numberText(cpuMs)},${attempts},${leaked}]`;
}

function testText({ framework, file, titlePath, ordinal, key, line, column, dynamic }: TestInfo): string {
  const where = `${line === undefined ? '' : `,"line":${numberText(line)}`}${column === undefined ? '' : `,"column":${numberText(column)}`}`;
  return `{"framework":${frameworkText(framework)},"file":${fileText(file)},"titlePath":${stringify(titlePath)},"ordinal":${ordinal},"key":${keyText(key)}${where}${dynamic ? ',"dynamic":true' : ''}}`;
}

function usageText(usage: Usage): string {
  const { peakMemoryBytes, cpuMs, maxProcesses, storage, shared } = usage;
  if (storage !== undefined) return stringify(usage);
  return `{"peakMemoryBytes":${numberText(peakMemoryBytes)},"cpuMs":${numberText(cpuMs)},"maxProcesses":${numberText(maxProcesses)},"shared":${shared}}`;
}

function outputText(output: CapturedOutput): string {
  const { text, droppedBytes, file, bytes, missing } = output;
  if (text !== '' || droppedBytes !== 0 || (file ?? bytes ?? missing) !== undefined) return stringify(output);
  return '{"text":"","droppedBytes":0}';
}

function listText(list: readonly unknown[]): string {
  return list.length === 0 ? '[]' : stringify(list);
}

/** As JSON has it. */
function numberText(value: number | null): string {
  return value === null || !Number.isFinite(value) ? 'null' : `${value}`;
}
