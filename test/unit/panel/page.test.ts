import assert from 'node:assert/strict';
import { reportPage } from '../../../src/panel/page.ts';

describe("the panel's page", () => {
  const parts = {
    script: 'https://x/report.js',
    style: 'https://x/report.css',
    cspSource: 'https://x',
    nonce: 'abc',
    language: 'en',
  };

  it('allows its own script by nonce, its own style by place, and nothing else', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(reportPage(parts))?.[1];
    assert.equal(policy, "default-src 'none'; style-src https://x; script-src 'nonce-abc'");
  });

  it('has no script or style inside', () => {
    const page = reportPage(parts);
    assert.doesNotMatch(page, /<style|style=|\son\w+=/);
    assert.deepEqual(page.match(/<script[^>]*>/g), ['<script nonce="abc" src="https://x/report.js">']);
  });

  it('escapes what it is given', () => {
    const page = reportPage({ ...parts, script: 'https://x/?a="><b>&c' });
    assert.match(page, /src="https:\/\/x\/\?a=&quot;>&lt;b>&amp;c"/);
  });
});
