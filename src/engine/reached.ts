import { formatBytes, formatDuration } from '../config/quantities.ts';
import type { LimitName } from '../protocol/limits.ts';
import type { ReachedLimit } from '../protocol/verdict.ts';
import type { UnitEvidence } from './evidence.ts';

/** A limit that a test ran into, with the proof in a sentence. */
export interface Reached {
  readonly limit: ReachedLimit;
  readonly allowed: number;
  readonly why: string;
}

/** The kernel has a signal for two of the limits; a shell tells of its command's death by 128 and the signal's number. */
export function reachedBySignal({ exit, ...unit }: UnitEvidence): Reached | null {
  const { cpuMs, fileBytes } = unit.limits;
  const shell = unit.reporting === 'exit-code';
  if ((exit?.signal === 'SIGXCPU' || (shell && exit?.code === 152)) && holds(unit, 'cpu') && cpuMs !== null) {
    return { limit: 'cpu', allowed: cpuMs, why: `The kernel sent SIGXCPU: a process used ${formatDuration(cpuMs)}.` };
  }
  if ((exit?.signal === 'SIGXFSZ' || (shell && exit?.code === 153)) && holds(unit, 'fileSize') && fileBytes !== null) {
    const why = `The kernel sent SIGXFSZ: a file was to become larger than ${formatBytes(fileBytes)}.`;
    return { limit: 'file-size', allowed: fileBytes, why };
  }
  return null;
}

const stackWords = /thread 'main'[^\n]* has overflowed its stack|AddressSanitizer: stack-overflow/;

/** A plain SIGSEGV can have many causes, so only the runtime's own word for this one counts. */
export function reachedStack({ exit, outputTail, ...unit }: UnitEvidence): Reached | null {
  const { stackBytes } = unit.limits;
  const died = exit?.signal != null || exit?.code === 134 || exit?.code === 139;
  const words = stackWords.exec(outputTail)?.[0];
  if (!died || !words || stackBytes === null || !holds(unit, 'stack')) return null;
  return { limit: 'stack', allowed: stackBytes, why: `The runtime said "${words}" under ${formatBytes(stackBytes)}.` };
}

/** What a test that failed says of it: the system's own words for a refusal, while the limit that refuses so was in force. */
export function reachedInWords(unit: UnitEvidence, text: string): Reached | null {
  const { openFiles, fileBytes, diskBytes, processes } = unit.limits;
  const said = (words: RegExp) => words.exec(text)?.[0];
  const files = said(/\bEMFILE\b|Too many open files\b(?! in system)/i);
  if (files && openFiles !== null && holds(unit, 'openFiles')) {
    return { limit: 'open-files', allowed: openFiles, why: `It failed of "${files}" under a limit of ${openFiles}.` };
  }
  const file = said(/\bEFBIG\b|File too large\b/);
  if (file && fileBytes !== null && holds(unit, 'fileSize')) {
    const why = `It failed of "${file}" under a limit of ${formatBytes(fileBytes)} for each file.`;
    return { limit: 'file-size', allowed: fileBytes, why };
  }
  const disk = said(/\bENOSPC\b|No space left on device\b/);
  if (disk && diskBytes !== null && holds(unit, 'disk')) {
    const why = `It failed of "${disk}" under a limit of ${formatBytes(diskBytes)} for its temporary folder.`;
    return { limit: 'disk', allowed: diskBytes, why };
  }
  const refused = unit.refusedProcesses ?? 0;
  const fork = said(
    /spawn\S* [^\n]*EAGAIN|[Cc]annot fork|fork: [^\n]*Resource temporarily unavailable|can't start new thread/,
  );
  const again = fork ?? (refused > 0 ? said(/\bEAGAIN\b|Resource temporarily unavailable/) : undefined);
  if (again && processes !== null && holds(unit, 'processes')) {
    const counted = refused > 0 ? `; the kernel’s counter of refusals says ${refused}` : '';
    const why = `It failed of "${again}" under a limit of ${processes} processes and threads${counted}.`;
    return { limit: 'processes', allowed: processes, why };
  }
  return null;
}

function holds({ unenforced }: Pick<UnitEvidence, 'unenforced'>, limit: LimitName): boolean {
  return !unenforced.some(each => each.limit === limit && !each.partly);
}
