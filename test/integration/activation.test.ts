import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extension } from './editor.ts';

describe('activation', () => {
  // Of the processor, for a machine that does much else at the same time makes any number of milliseconds of it.
  it('takes at most 50 ms of the extension host', async () => {
    const { activationCpuMs } = await extension();
    console.log(`activate() took ${activationCpuMs.toFixed(1)} ms of the processor`);
    assert.ok(activationCpuMs <= 50, `${activationCpuMs} ms`);
  });

  it('registers its commands, in one category and offered only then, or where there is something to do it to', async () => {
    await extension();
    const all = await vscode.commands.getCommands(true);
    const manifest = vscode.extensions.getExtension('bulkhead.bulkhead')!.packageJSON as Manifest;
    for (const { command, category, title } of manifest.contributes.commands) {
      assert.doesNotMatch(title, /^%/, 'its text is in package.nls.json');
      assert.ok(all.includes(command), command);
      assert.equal(category, 'Bulkhead');
      const when = manifest.contributes.menus.commandPalette.find(entry => entry.command === command)?.when;
      const expected = forNewcomers[command] ?? /bulkhead\.active|^false$/;
      assert.match(when ?? '', expected, command);
    }
  });

  it('uses no proposed API and stays where the files are', () => {
    const manifest = vscode.extensions.getExtension('bulkhead.bulkhead')!.packageJSON as Manifest;
    assert.equal(manifest.enabledApiProposals, undefined);
    assert.deepEqual(manifest.extensionKind, ['workspace']);
  });
});

/** Where Bulkhead has found nothing and so is not active. */
const forNewcomers: Readonly<Record<string, RegExp>> = {
  'bulkhead.configure': /^workspaceFolderCount > 0$/,
  'bulkhead.openWalkthrough': /^true$/,
};

interface Manifest {
  readonly enabledApiProposals?: unknown;
  readonly extensionKind: string[];
  readonly contributes: {
    readonly commands: { command: string; category: string; title: string }[];
    readonly menus: { readonly commandPalette: { command: string; when: string }[] };
  };
}
