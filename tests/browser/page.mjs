// page.mjs -- the pickup page as `gateway/web/embed` makes it, filled in as
// guichet-pickup would.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

function embed(...args) {
  return execFileSync(join(ROOT, 'gateway/web/embed'),
    [join(ROOT, 'gateway/web/pickup'), 'page', ...args], { encoding: 'utf8' });
}

function policy() {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-page-'));
  try {
    embed(join(folder, 'page.h'));
    const header = readFileSync(join(folder, 'page.h'), 'utf8');
    return /page_csp\[\] =\s*((?:"[^"]*"\s*)+);/.exec(header)[1]
      .match(/"[^"]*"/g).map((part) => part.slice(1, -1)).join('');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const escapeHtml = (text) => String(text).replace(/[&<>"']/g,
  (c) => `&#${c.charCodeAt(0)};`);

// { html, csp }; `values`: box, lab, phone, origin, rounds.
export function buildPage(values) {
  const html = embed().replace(/\{\{(\w+)\}\}/g,
    (_, name) => escapeHtml(values[name]));
  return { html, csp: policy() };
}
