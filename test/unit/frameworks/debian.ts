import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { globSync } from 'tinyglobby';
import { inTurn } from '../../bed/turn.ts';

const exec = promisify(execFile);
const mirror = 'http://deb.debian.org/debian';
const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Packages of another release of Debian, beside those of the machine. */
export interface Wanted {
  readonly release: 'bullseye' | 'sid';
  readonly packages: readonly string[];
  /** `all`: also everything that they need, down to the C library. */
  readonly needs: 'all' | 'none';
  /** Of `usr/bin`: what cannot run with the machine's C library. */
  readonly programs?: readonly string[];
}

export type Unpacked = { readonly root: string } | { readonly missing: string };

/**
 * Unpacks them into a folder of their own, once for all clones of a user, and installs nothing. apt checks the signature of the
 * release and with it each package, in a state of its own.
 */
export async function fromDebian(wanted: Wanted): Promise<Unpacked> {
  const folder = process.env['BULKHEAD_DEBIAN'] ?? join(homedir(), '.cache/bulkhead-debian');
  const hash = createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 8);
  const root = join(folder, `${wanted.release}-${wanted.packages[0]}-${hash}`);
  if (existsSync(root)) return { root };
  if (!existsSync(keyring))
    return { missing: `${wanted.release} of Debian cannot be verified: there is no ${keyring}` };
  return inTurn(
    root,
    () => undefined,
    () => unpack(wanted, folder, root),
  );
}

async function unpack(wanted: Wanted, folder: string, root: string): Promise<Unpacked> {
  if (existsSync(root)) return { root };
  mkdirSync(folder, { recursive: true });
  const staging = mkdtempSync(join(folder, '.staging-'));
  try {
    const unpacked = join(staging, 'root');
    for (const file of await download(wanted, staging)) await exec('dpkg-deb', ['-x', file, unpacked]);
    if (wanted.programs) keepToOwnLibraries(wanted.programs, unpacked, root);
    renameSync(unpacked, root);
    return { root };
  } catch (error) {
    // Another process was here first.
    if (existsSync(root)) return { root };
    const [reason] = (error as Error).message.trim().split('\n').slice(-1);
    return { missing: `${wanted.release} of Debian cannot be had from ${mirror}: ${reason}` };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

async function download({ release, packages, needs }: Wanted, staging: string): Promise<string[]> {
  for (const name of ['etc/apt.conf.d', 'state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(staging, name), { recursive: true });
  // What is installed here is no part of the answer.
  writeFileSync(join(staging, 'status'), '');
  // A mirror may keep an unstable release for longer than its date says; its signature holds all the same.
  const source = `deb [signed-by=${keyring} check-valid-until=no] ${mirror} ${release} main\n`;
  writeFileSync(join(staging, 'sources.list'), source);
  const settings = {
    'Dir::Etc': join(staging, 'etc'),
    'Dir::Etc::SourceList': join(staging, 'sources.list'),
    'Dir::Etc::SourceParts': '-',
    'Dir::State': join(staging, 'state'),
    'Dir::State::status': join(staging, 'status'),
    'Dir::Cache': join(staging, 'cache'),
    'Acquire::Languages': 'none',
    'Acquire::Retries': '1',
    'Acquire::http::Timeout': '20',
    'APT::Sandbox::User': '',
    'APT::Install-Recommends': 'false',
  };
  const config = join(staging, 'apt.conf');
  writeFileSync(
    config,
    Object.entries(settings)
      .map(([key, value]) => `${key} "${value}";\n`)
      .join(''),
  );
  const archives = join(staging, 'cache/archives');
  const options = { env: { ...process.env, APT_CONFIG: config }, cwd: archives, timeout: 120_000, maxBuffer: 2 ** 26 };
  // Without -e a mirror that is not reached is a warning.
  await exec('apt-get', ['-q', '-o', 'APT::Update::Error-Mode=any', 'update'], options);
  const fetch = needs === 'all' ? ['install', '--yes', '--download-only'] : ['download'];
  await exec('apt-get', ['-q', ...fetch, ...packages], options);
  return readdirSync(archives)
    .filter(name => name.endsWith('.deb'))
    .map(name => join(archives, name));
}

/** Makes programs start with the C library of their own release: the machine's may be too old for them. */
function keepToOwnLibraries(programs: readonly string[], unpacked: string, root: string): void {
  const find = (patterns: string[]) => globSync(patterns, { cwd: unpacked });
  const [loader] = find(['{usr/,}lib/*/ld-2.*.so', '{usr/,}lib/*/ld-linux-*.so.*']).filter(
    file => !lstatSync(join(unpacked, file)).isSymbolicLink(),
  );
  if (loader === undefined) throw new Error('there is no loader among the packages');
  const folders = find(['{usr/,}lib/*/{libc,libstdc++}.so.6']).map(file => join(root, dirname(file)));
  const path = [...new Set(folders)].join(':');
  const bin = join(unpacked, 'usr/bin');
  // What looks for its files around what runs looks around the loader.
  copyFileSync(join(unpacked, loader), join(bin, 'loader'));
  for (const name of programs) {
    renameSync(join(bin, name), join(bin, `${name}.own`));
    const at = (file: string) => join(root, 'usr/bin', file);
    const line = `exec '${at('loader')}' --library-path '${path}' '${at(`${name}.own`)}' "$@"`;
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  }
}
