import { endianness } from 'node:os';
import { type Foreign, loadKoffi } from '../koffi.ts';

/** What a Node cannot do by itself and the C library can. */
export interface Libc {
  /** From here on every orphan below becomes a child of this process. */
  adoptOrphans(): void;
  /** Hands the descriptors on to what is started, or keeps them to itself. */
  handOn(descriptor: number, on: boolean): void;
  /** In a session of its own, with every signal as it is by nature. */
  start(program: string, args: readonly string[], env: readonly string[]): number;
  /** A child that has ended, null when none has; `nobody`: there is no child any more (ECHILD). */
  reap(): Ended | 'nobody' | null;
  /** What every process used that was waited for, by us or by one that we waited for. */
  reapedUsage(): Usage;
}

export interface Ended {
  readonly pid: number;
  readonly exit: number | null;
  readonly signal: number | null;
}

export interface Usage {
  readonly cpuMs: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
}

const setChildSubreaper = 36;
const setDescriptorFlags = 2;
const closeOnExec = 1;
const spawnFlags = { signalDefaults: 0x4, signalMask: 0x8, session: 0x80 } as const;
const wait = { nohang: 1, all: 0x40000000 } as const;
const ofChildren = -1;
const echild = 10;
/** The kinds of `posix_spawnattr_t`, `sigset_t` and `struct rusage` are smaller everywhere. */
const roomy = 1024;
const narrow: readonly string[] = ['arm', 'ia32'];
const little = endianness() === 'LE';

/** Throws where the addon is not one for this Node, or where its folder forbids what can be executed. */
export function openLibc(addon: string): Libc {
  const koffi = loadKoffi(addon);
  const libc = koffi.load(null);
  const prctl = libc.func('int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)');
  const fcntl = libc.func('int fcntl(int descriptor, int command, int argument)');
  const waitpid = libc.func('int waitpid(int pid, void *status, int options)');
  const getrusage = libc.func('int getrusage(int who, void *usage)');
  const spawn = libc.func(
    'int posix_spawn(void *pid, const char *path, void *actions, void *attributes, const char **args, const char **env)',
  );
  const attributes = spawnAttributes(name => libc.func(name));
  const status = Buffer.alloc(4);

  return {
    adoptOrphans() {
      if (prctl(setChildSubreaper, 1, 0, 0, 0) !== 0) throw new Error(`the kernel refused prctl (${koffi.errno()})`);
    },
    handOn(descriptor, on) {
      fcntl(descriptor, setDescriptorFlags, on ? 0 : closeOnExec);
    },
    start(program, args, env) {
      const pid = Buffer.alloc(4);
      const failed = spawn(pid, program, null, attributes, [program, ...args, null], [...env, null]);
      if (failed !== 0) throw new Error(`${program} could not be started (error ${failed})`);
      return int32(pid);
    },
    reap() {
      const pid = waitpid(-1, status, wait.nohang | wait.all) as number;
      if (pid > 0) return endOf(pid, int32(status));
      return pid < 0 && koffi.errno() === echild ? 'nobody' : null;
    },
    reapedUsage() {
      const usage = Buffer.alloc(roomy);
      getrusage(ofChildren, usage);
      return usageOf(usage, narrow.includes(process.arch) ? 4 : 8);
    },
  };
}

/** Node ignores SIGPIPE, and what is ignored stays so across an exec. */
function spawnAttributes(find: (signature: string) => Foreign): Buffer {
  const attributes = Buffer.alloc(roomy);
  const [every, none] = [Buffer.alloc(roomy), Buffer.alloc(roomy)];
  find('int posix_spawnattr_init(void *attributes)')(attributes);
  find('int sigfillset(void *set)')(every);
  find('int posix_spawnattr_setsigdefault(void *attributes, void *set)')(attributes, every);
  find('int posix_spawnattr_setsigmask(void *attributes, void *set)')(attributes, none);
  const flags = spawnFlags.signalDefaults | spawnFlags.signalMask | spawnFlags.session;
  find('int posix_spawnattr_setflags(void *attributes, short flags)')(attributes, flags);
  return attributes;
}

/** As `WIFEXITED` and its kin read it. */
export function endOf(pid: number, status: number): Ended {
  const signal = status & 0x7f;
  return signal === 0 ? { pid, exit: (status >> 8) & 0xff, signal: null } : { pid, exit: null, signal };
}

/** `struct rusage`: two times of seconds and microseconds, and 14 numbers, of which two are blocks of 512 bytes. */
export function usageOf(usage: Buffer, width: 4 | 8): Usage {
  const view = new DataView(usage.buffer, usage.byteOffset, usage.length);
  const word = (index: number) =>
    width === 8 ? Number(view.getBigInt64(index * 8, little)) : view.getInt32(index * 4, little);
  return {
    cpuMs: (word(0) + word(2)) * 1000 + (word(1) + word(3)) / 1000,
    readBytes: word(11) * 512,
    writtenBytes: word(12) * 512,
  };
}

function int32(buffer: Buffer): number {
  return little ? buffer.readInt32LE(0) : buffer.readInt32BE(0);
}
