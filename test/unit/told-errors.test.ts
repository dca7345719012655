import assert from 'node:assert/strict';
import { Linter, type Rule } from 'eslint';
import told from '../../eslint-told.js';

describe('the rule that errors are told', () => {
  const rules = { told: told as unknown as Rule.RuleModule };
  const faults = (code: string) =>
    new Linter().verify(code, [{ plugins: { house: { rules } }, rules: { 'house/told': 'error' } }]).length;

  for (const silent of [
    'try { work(); } catch {}',
    'function f() { try { return work(); } catch { return null; } }',
    'work().catch(() => {});',
    'work().catch(() => undefined);',
    'const found = work().catch(() => []);',
    'work().then(go, () => null);',
    "socket.on('error', () => {});",
    '// Above something else.\n\nwork().catch(() => {});',
  ]) {
    it(`does not take ${JSON.stringify(silent)}`, () => assert.equal(faults(silent), 1));
  }

  for (const heard of [
    'try { work(); } catch (error) { tell(error); }',
    'try { work(); } catch { tell("it failed"); }',
    'try { work(); } catch {\n  // Gone already.\n}',
    '// Told by its end.\nwork().catch(() => {});',
    'work().catch(error => tell(error));',
    'work().catch(() => tell());',
    "socket.on('close', () => {});",
  ]) {
    it(`takes ${JSON.stringify(heard)}`, () => assert.equal(faults(heard), 0));
  }
});
