import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { installServer } from './install-server.ts';
import { onPath, server, serverRunsHere } from './places.ts';
import { inTurn } from './turn.ts';

export interface Chromium {
  executable: string;
  env: NodeJS.ProcessEnv;
}

/** The machine's own Chromium, else the one that came from npm beside the server. */
export async function findChromium(): Promise<Chromium> {
  const given = process.env.CHROMIUM;
  if (given) {
    if (!fs.existsSync(given)) throw new Error(`CHROMIUM names ${given}, which does not exist.`);
    return { executable: given, env: {} };
  }
  const own = ['chromium', 'chromium-browser', 'google-chrome'].map(onPath).find(file => file !== undefined);
  if (own) return { executable: own, env: {} };
  if (serverRunsHere) {
    await installServer();
    if (fs.existsSync(server.chromium)) return unpacked();
  }
  throw new Error(
    'No Chromium on this machine. Install one (Debian: apt-get install chromium) or set CHROMIUM to its path.',
  );
}

/**
 * The npm package is made for AWS Lambda: it unpacks into /tmp, and brings the libraries and the font that a bare machine
 * lacks only there. Unpacked by hand it brings them everywhere.
 */
async function unpacked(): Promise<Chromium> {
  const home = path.join(server.modules, '.chromium');
  await inTurn(
    home,
    () => undefined,
    async () => {
      if (!fs.existsSync(home)) await unpack(home);
    },
  );
  return {
    executable: path.join(home, 'chromium'),
    env: { LD_LIBRARY_PATH: path.join(home, 'lib'), FONTCONFIG_FILE: path.join(home, 'bulkhead-fonts.conf') },
  };
}

async function unpack(home: string): Promise<void> {
  const staging = fs.mkdtempSync(`${home}-`);
  const packed = (name: string) => fs.createReadStream(path.join(server.chromium, 'bin', name));
  await pipeline(
    packed('chromium.br'),
    createBrotliDecompress(),
    fs.createWriteStream(path.join(staging, 'chromium'), { mode: 0o755 }),
  );
  for (const name of ['al2023.tar.br', 'fonts.tar.br', 'swiftshader.tar.br']) {
    const tar = spawn('tar', ['x', '--no-same-owner', '-C', staging], { stdio: ['pipe', 'inherit', 'inherit'] });
    const ended = once(tar, 'close');
    // tar closes its input at the mark that ends the archive, which the padding behind it may still be under way to.
    await pipeline(packed(name), createBrotliDecompress(), tar.stdin).catch(() => undefined);
    const [code] = (await ended) as [number | null];
    if (code !== 0) throw new Error(`tar could not unpack ${name} of @sparticuz/chromium.`);
  }
  fs.writeFileSync(
    path.join(staging, 'bulkhead-fonts.conf'),
    `<?xml version="1.0"?><fontconfig><dir>/usr/share/fonts</dir><dir>${home}/fonts</dir><cachedir>${home}/cache</cachedir></fontconfig>`,
  );
  fs.renameSync(staging, home);
}
