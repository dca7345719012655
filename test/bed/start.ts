// npm start -- [folder] [--port N] [--desktop]: Bulkhead in a VS Code to try it in, until Ctrl-C.
import * as fs from 'node:fs';
import * as net from 'node:net';
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import { commandOf, parentOf } from './census.ts';
import { openDesktop } from './desktop.ts';
import { manifestOf } from './extensions.ts';
import { driver, examples, extensionRoot, serverRunsHere } from './places.ts';
import { startServer } from './server.ts';
import { quiet, typescript } from './settings.ts';

const usualPort = 8477;

try {
  const { values, positionals } = parseArgs({
    options: { port: { type: 'string' }, desktop: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const folder = path.resolve(positionals[0] ?? examples);
  if (!fs.existsSync(folder)) throw new Error(`There is no folder ${folder} to open.`);
  if (!fs.existsSync(path.join(extensionRoot, manifestOf(extensionRoot).main))) {
    throw new Error('The extension is not built. Run "npm run build" first.');
  }
  if (serverRunsHere && !values.desktop) await serve(folder, await choosePort(values.port));
  else process.exitCode = await openDesktop(folder);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function serve(folder: string, port: number): Promise<void> {
  const server = await startServer({
    port,
    // Loaded from where it is: after a build, reloading the page is enough.
    linked: [extensionRoot, driver],
    settings: { ...quiet, ...typescript },
    // People may look for extensions here, so the gallery stays; and they start with the tests in view.
    env: { EXTENSIONS_GALLERY: undefined, BULKHEAD_BED_VIEW: 'workbench.view.testing.focus' },
  });
  console.log(`Bulkhead is ready: ${server.page(folder)}`);
  console.log('Press Ctrl-C to stop.');
  const reason = await Promise.race([
    asked(),
    npmGone(),
    server.gone.then(() => 'The VS Code server ended by itself.'),
  ]);
  console.log(`${reason} Stopping …`);
  for (const command of await server.stop()) console.log(`Had to be killed: ${command}`);
  console.log('Stopped.');
  process.exit();
}

function asked(): Promise<string> {
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(`Got ${signal}.`));
  });
}

/** npm hands a signal to its shell only, which dies of it without telling us; and a killed npm tells nobody. */
function npmGone(): Promise<string> {
  const shell = process.ppid;
  const npm = parentOf(shell);
  const watched = /\bnpm\b/.test(commandOf(npm)) ? npm : undefined;
  return new Promise(resolve => {
    if (!process.env.npm_lifecycle_event) return;
    setInterval(() => {
      if (process.ppid !== shell || (watched !== undefined && parentOf(shell) !== watched))
        resolve('The npm that started this is gone.');
    }, 500);
  });
}

async function choosePort(wanted: string | undefined): Promise<number> {
  if (wanted === undefined) return (await isFree(usualPort)) ? usualPort : 0;
  const port = Number(wanted);
  if (!/^\d+$/.test(wanted) || port > 65_535) throw new Error(`--port ${wanted} is not a port number.`);
  if (port !== 0 && !(await isFree(port))) throw new Error(`Port ${port} is taken. Name another, or leave --port out.`);
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = net.createServer().on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
