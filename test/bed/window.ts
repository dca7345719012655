import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Browser } from 'playwright-core';
import { type Bridge, connect } from './bridge.ts';
import { launchBrowser, offline } from './browser.ts';
import { manifestOf } from './extensions.ts';
import { installVsix } from './install-vsix.ts';
import { examples, extensionRoot, vsix } from './places.ts';
import { type Server, startServer } from './server.ts';
import { cautious, type Settings, still } from './settings.ts';
import { Workbench } from './workbench.ts';

export interface WindowOptions {
  folder?: string;
  settings?: Settings;
  env?: NodeJS.ProcessEnv;
  /** As in a folder that was just cloned from somewhere. */
  untrusted?: boolean;
  viewport?: { width: number; height: number };
}

export interface Window {
  readonly workbench: Workbench;
  readonly bridge: Bridge;
  readonly server: Server;
  /** Hosts other than this machine that the page asked for in vain. */
  readonly refused: string[];
  /** Ends browser and server; returns the command lines of processes that stayed and had to be killed. */
  close(): Promise<string[]>;
}

/** Those that are open, for whoever is to tell what they show. */
export const openWindows = new Set<Window>();

/** A VS Code window with the packaged extension in it, as a user would have it, and a bridge into its extension host. */
export async function openWindow(options: WindowOptions = {}): Promise<Window> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bulkhead-window-'));
  const { publisher, name } = manifestOf(extensionRoot);
  let server: Server | undefined;
  let browser: Browser | undefined;
  let opened: Window | undefined;
  const close = async () => {
    if (opened) openWindows.delete(opened);
    await browser?.close();
    const stayed = (await server?.stop()) ?? [];
    fs.rmSync(folder, { recursive: true, force: true });
    return stayed;
  };
  try {
    server = await startServer({
      extensionsDir: await extensions(folder),
      askForTrust: options.untrusted ?? false,
      settings: { ...still, ...(options.untrusted ? cautious : {}), ...options.settings },
      env: { ...options.env, BULKHEAD_BED_TARGET: `${publisher}.${name}` },
    });
    browser = await launchBrowser();
    const context = await browser.newContext({ viewport: options.viewport ?? { width: 1400, height: 900 } });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const refused = await offline(context);
    const page = await context.newPage();
    page.setDefaultTimeout(120_000);
    // The first page of a server is the one that a busy machine takes longest for.
    await page.goto(server.page(path.resolve(options.folder ?? examples)), { timeout: 180_000 });
    const bridge = connect(server.bridge);
    await bridge.ready();
    opened = { workbench: new Workbench(page, bridge), bridge, server, refused, close };
    openWindows.add(opened);
    return opened;
  } catch (error) {
    await close();
    throw error;
  }
}

/** run-ui.ts installs the package once for all specs; a spec run by itself installs it for itself. */
async function extensions(folder: string): Promise<string> {
  const installed = process.env.BULKHEAD_BED_EXTENSIONS;
  if (installed) return installed;
  const own = path.join(folder, 'extensions');
  await installVsix(vsix, own);
  return own;
}
