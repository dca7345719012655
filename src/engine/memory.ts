import type { FailureMessage } from '../protocol/verdict.ts';
import type { UnitEvidence } from './evidence.ts';

/** Memory that was not the kernel's to refuse: a runtime's own heap, or an allocation that the system turned down. */
export interface MemoryRefusal {
  readonly cause: 'heap' | 'refused';
  readonly why: string;
}

const heapDeath =
  /FATAL ERROR: .*(?:heap out of memory|Reached heap limit|invalid table size)|Fatal (?:JavaScript|process) out of memory/;
/** Go prints the first and ends with code 2, Java the second, with a code of its own choice. */
const runtimeDeath =
  /^fatal error: (?:runtime: )?(?:out of memory|cannot allocate memory)|^(?:Exception in thread .* )?java\.lang\.OutOfMemoryError/m;
/** Of C++ and of Rust, which may say it behind the name of a test. */
const refusedDeath =
  /terminate called after throwing an instance of '?(std::bad_alloc)|(?:^| \.\.\. )(memory allocation of \d+ bytes failed)$/m;

/** Of a process that died: its runtime's last words, and how it died must fit them. */
export function memoryDeath({ exit, outputTail }: UnitEvidence): MemoryRefusal | null {
  const aborted =
    exit?.signal === 'SIGABRT' || exit?.signal === 'SIGTRAP' || exit?.signal === 'SIGILL' || exit?.code === 134;
  if (aborted && heapDeath.test(outputTail))
    return heap('The language runtime gave up: its own heap limit was reached');
  const refusal = aborted ? refusedDeath.exec(outputTail) : null;
  if (refusal) return refused(refusal[1] ?? refusal[2]!);
  const failed = aborted || (exit?.code != null && exit.code !== 0);
  const words = failed ? runtimeDeath.exec(outputTail)?.[0] : undefined;
  return words ? heap(`The language runtime gave up and said "${words}"`) : null;
}

/** An error is known by its name at the beginning of its first line: what merely speaks of one is another failure. */
const heapErrors = [
  /^(?:\w+\.)*(?:_Array)?MemoryError(?=:|$)/,
  /^java\.lang\.OutOfMemoryError\b/,
  /^(?:Error \[)?ERR_WORKER_OUT_OF_MEMORY\b/,
  /^(?:Error(?: \[ERR_WORKER_OUT_OF_MEMORY\])?: )?Worker terminated due to reaching memory limit/,
];
const refusals = [
  /^RangeError: Array buffer allocation failed/,
  /^(?:\w*Error: )?ERR_MEMORY_ALLOCATION_FAILED\b/,
  /^(?:\w*Error: )?(?:\w+ )?ENOMEM\b/,
  /^OSError: \[Errno 12\]/,
  /^std::bad_alloc\b/,
];

/** Of a test that failed: the error that failed it. */
export function memoryError(failures: readonly FailureMessage[]): MemoryRefusal | null {
  for (const { text } of failures) {
    const line = text.split('\n', 1)[0] ?? '';
    if (heapErrors.some(error => error.test(line))) return heap(`It failed of "${line.slice(0, 200)}"`);
    if (refusals.some(error => error.test(line))) return refused(line.slice(0, 200));
  }
  return null;
}

/** Of a program that is the test itself: an uncaught error is the last thing that a runtime prints. */
export function memoryErrorPrinted(outputTail: string): MemoryRefusal | null {
  const [last = ''] = outputTail.trimEnd().split('\n').slice(-1);
  const uncaught = /^(?:\S*Error\b.*)$/m.exec(outputTail.slice(-4096))?.[0];
  return memoryError([{ text: last }, ...(uncaught ? [{ text: uncaught }] : [])]);
}

function heap(why: string): MemoryRefusal {
  return { cause: 'heap', why };
}

function refused(words: string): MemoryRefusal {
  return { cause: 'refused', why: `It was refused memory: "${words}"` };
}
