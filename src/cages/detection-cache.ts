import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { release } from 'node:os';
import { dirname, join } from 'node:path';
import type { CageDescription, MechanismName } from '../protocol/limits.ts';
import { bootId } from './boot.ts';
import { mechanismOrder } from './order.ts';

export interface Choice {
  readonly mechanism: MechanismName;
  readonly passedOver: CageDescription['passedOver'];
}

/** A choice holds while all of this stays as it was when it was made. */
export type Circumstances = Readonly<Record<string, string>>;

const format = 1;
const mostBytes = 64 * 1024;

// A container, another login, a scope that may be divided, a sysctl that an administrator has changed: each of them may give
// a cage that was refused before, within the same boot and in the same folder.
const surroundings = [
  '/proc/self/cgroup',
  '/proc/sys/user/max_user_namespaces',
  '/proc/sys/kernel/unprivileged_userns_clone',
  '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
];
const namespaces = ['cgroup', 'mnt', 'pid', 'user'];

/** Null where the system does not name its boot: there nothing is remembered. */
export function circumstancesHere(
  bulkhead: string,
  bundle: string,
  keeper: string | null,
  addon: string | null = null,
): Circumstances | null {
  const boot = bootId();
  if (boot === '') return null;
  const rights = text('/proc/self/status').match(/^(?:CapEff|NoNewPrivs|Seccomp):.*$/gm) ?? [];
  const around = [
    ...surroundings.map(text),
    ...rights,
    ...namespaces.map(name => link(`/proc/self/ns/${name}`)),
    // A version in development changes without changing its number.
    String(statSync(bundle, { throwIfNoEntry: false })?.mtimeMs),
  ];
  return {
    boot,
    kernel: release(),
    bulkhead,
    user: String(process.getuid?.()),
    keeper: keeper === null ? 'none' : digest(readFileSync(keeper)),
    addon: addon ?? 'none',
    surroundings: digest(JSON.stringify(around)),
  };
}

/** Which mechanism was found the last time, so that the ones refused then need not be tried again. */
export class DetectionCache {
  readonly #file: string;
  readonly #circumstances: Circumstances;

  constructor(storage: string, circumstances: Circumstances) {
    this.#file = join(storage, 'detection.json');
    this.#circumstances = circumstances;
  }

  /** Null: there is none, it is of other circumstances, or somebody else may have written it. */
  recall(): Choice | null {
    try {
      return choiceOf(JSON.parse(readOwn(this.#file)), this.#circumstances);
    } catch {
      // Missing, foreign or damaged: the detection is done anew, and replaces it.
      return null;
    }
  }

  /** Replaces it as a whole, so that no reader ever sees a part. */
  keep({ mechanism, passedOver }: Choice): void {
    const draft = `${this.#file}.${process.pid}`;
    const kept = attempt(() => {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      const content = { format, circumstances: this.#circumstances, mechanism, passedOver };
      writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
      renameSync(draft, this.#file);
    });
    if (!kept) attempt(() => rmSync(draft));
  }
}

function attempt(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    // Not remembering costs the next start its time, and nothing else.
    return false;
  }
}

/** A link, or a file that others may write, could hold anybody's choice. */
function readOwn(file: string): string {
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    const own = stat.isFile() && stat.uid === process.getuid?.() && (stat.mode & 0o077) === 0;
    if (!own || stat.size > mostBytes) throw new Error(`${file} is not a file of this user alone`);
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function choiceOf(value: unknown, circumstances: Circumstances): Choice | null {
  if (!isRecord(value) || value['format'] !== format || !isRecord(value['circumstances'])) return null;
  const then = value['circumstances'];
  const names = Object.keys(circumstances);
  if (Object.keys(then).length !== names.length || names.some(name => then[name] !== circumstances[name])) return null;
  const { mechanism, passedOver } = value;
  const rank = mechanismOrder.findIndex(name => name === mechanism);
  if (rank < 0 || !Array.isArray(passedOver)) return null;
  const refused = passedOver.map((each: unknown) => (isRecord(each) ? each : {}));
  const complete =
    refused.every(({ because }) => typeof because === 'string') &&
    JSON.stringify(refused.map(each => each['mechanism'])) === JSON.stringify(mechanismOrder.slice(0, rank));
  return complete ? ({ mechanism, passedOver: refused } as unknown as Choice) : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function digest(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function text(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // Missing here is a circumstance as well.
    return '';
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    // Missing here is a circumstance as well.
    return '';
  }
}
