import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as net from 'node:net';

/**
 * Runs `work` while no other process is in a turn of the same name. An abstract socket is bound by one process at a time and
 * the kernel frees it however that process ends, so a turn cannot be left behind; elsewhere than on Linux there are none, and
 * nothing of the tests runs beside another.
 */
export async function inTurn<T>(name: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return work();
  const address = `\0bulkhead-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
  let end = await take(address);
  if (!end) waiting();
  while (!end) {
    await endOfTurn(address);
    end = await take(address);
  }
  try {
    return await work();
  } finally {
    end();
  }
}

async function take(address: string): Promise<(() => void) | undefined> {
  const queue = new Set<net.Socket>();
  const server = net.createServer(waiter => {
    queue.add(waiter.unref());
    waiter.on('error', () => undefined).on('close', () => queue.delete(waiter));
  });
  try {
    await once(server.listen(address), 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  server.unref();
  return () => {
    server.close();
    queue.forEach(waiter => waiter.destroy());
  };
}

function endOfTurn(address: string): Promise<void> {
  return new Promise(resolve => {
    net
      .connect(address)
      .on('error', () => undefined)
      .on('close', () => resolve());
  });
}
