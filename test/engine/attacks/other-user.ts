import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Observation } from './attack-once.ts';
import type { Attacker } from './attacker.ts';

export type Ask =
  | { readonly do: 'attack'; readonly column: string; readonly name: string; readonly mark: string }
  | { readonly do: 'leave' };
export type Answer =
  | { readonly is: 'ready'; readonly attacker: Pick<Attacker, 'label' | 'isRoot' | 'here' | 'missing'> }
  | { readonly is: 'done'; readonly observation: Observation | null }
  | { readonly is: 'failed'; readonly because: string };

const uid = '12345';

/** Where root runs the tests: an ordinary user in a process beside this one. A sentence where that cannot be. */
export async function ordinaryUser(): Promise<Attacker | string> {
  if (process.getuid?.() !== 0) return 'only root can become another user';
  const become = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups', '--'];
  const host = join(import.meta.dirname, 'other-user-host.ts');
  const child = spawn('setpriv', [...become, process.execPath, host], {
    cwd: '/',
    env: { ...process.env, HOME: '/nonexistent' },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let complaint = '';
  child.stderr!.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-2000)));
  const ready = await next(child);
  if (ready.is !== 'ready') {
    const because = ready.is === 'failed' ? ready.because : 'it spoke out of turn';
    return `user ${uid} cannot run the repository’s files: ${because} ${complaint.trim().split('\n').at(-1) ?? ''}`;
  }
  // It ends when its channel closes, so it must not keep this process alive.
  child.unref();
  child.channel?.unref();
  (child.stderr as unknown as { unref(): void }).unref();
  const ask = async (question: Ask): Promise<Observation | null> => {
    child.channel?.ref();
    child.send(question);
    const answer = await next(child);
    child.channel?.unref();
    if (answer.is === 'done') return answer.observation;
    throw new Error(answer.is === 'failed' ? `${answer.because} ${complaint}` : 'it spoke out of turn');
  };
  return {
    ...ready.attacker,
    attack: async (column, name, mark) => (await ask({ do: 'attack', column, name, mark }))!,
    leave: async () => void (await ask({ do: 'leave' })),
  };
}

function next(child: ChildProcess): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const heard = (answer: unknown) => resolve(answer as Answer);
  const failed = (error: Error) => resolve({ is: 'failed', because: error.message });
  const ended = (code: number | null, signal: string | null) =>
    resolve({ is: 'failed', because: `its process ended with ${code ?? signal}.` });
  child.once('message', heard).once('error', failed).once('close', ended);
  return promise.finally(() => child.off('message', heard).off('error', failed).off('close', ended));
}
