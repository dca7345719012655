import { readFileSync } from 'node:fs';
import { inodesOf } from './descriptors.ts';

const tables = ['tcp', 'tcp6', 'udp', 'udp6'] as const;
/** The states in /proc/net of what waits for others: a listening TCP socket, a UDP socket that is bound. */
const waiting: Readonly<Record<string, string>> = { tcp: '0A', tcp6: '0A', udp: '07', udp6: '07' };
const mostPorts = 20;

/** Where a process can be reached: `tcp 127.0.0.1:3000`. Empty where its open files may not be read. */
export function listeningAt(pid: number): string[] {
  const own = new Set(inodesOf(pid, 'socket'));
  if (own.size === 0) return [];
  // Its own folder shows the sockets of its own network namespace.
  const found = tables.flatMap(table =>
    rowsOf(pid, table).flatMap(({ address, state, inode }) =>
      state === waiting[table] && own.has(inode) ? [`${table.slice(0, 3)} ${addressText(address)}`] : [],
    ),
  );
  const places = [...new Set(found)];
  const more = places.length - mostPorts;
  return more > 0 ? [...places.slice(0, mostPorts), `${more} more`] : places;
}

function rowsOf(pid: number, table: string): { address: string; state: string; inode: string }[] {
  try {
    const rows = readFileSync(`/proc/${pid}/net/${table}`, 'utf8').split('\n').slice(1);
    return rows.flatMap(row => {
      const [, address, , state, , , , , , inode] = row.trim().split(/\s+/);
      return address && state && inode ? [{ address, state, inode }] : [];
    });
  } catch {
    // Gone, or a kernel without IPv6.
    return [];
  }
}

/** `0100007F:0BB8` is 127.0.0.1:3000: words of four bytes, each in the order of the machine. */
export function addressText(hex: string): string {
  const [host = '', port = ''] = hex.split(':');
  const words = host.match(/.{8}/g) ?? [];
  const bytes = words.flatMap(word => (word.match(/../g) ?? []).reverse()).map(byte => parseInt(byte, 16));
  const number = parseInt(port, 16);
  if (bytes.length === 4) return `${bytes.join('.')}:${number}`;
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2]! << 8) | bytes[i * 2 + 1]!).toString(16)).join(':');
  return `[${new URL(`http://[${groups}]`).hostname.slice(1, -1)}]:${number}`;
}
