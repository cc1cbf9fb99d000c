// mock_drop.mjs -- the page for patients at home on one origin, and on another
// one the drop (docs/formats/drop.md): a store of bytes under exact names.
//
// viewer_test.mjs uses it for the faults that a store or a network can have;
// viewer_store_test.mjs does the same walk before OpenStack Swift.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificate } from './mock_pickup.mjs';
import { ROOT } from './page.mjs';
import { composeIndex, issueCard, makeBox, sealBundle } from './sealing.mjs';

// The page as `make viewer` makes it: { html, said }.  `boxes`: { id, name,
// drop }.
export function buildViewer(boxes, url, phone = '01 23 45 67 89') {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-viewer-'));
  try {
    const configs = boxes.map(({ id, name, drop }) => {
      const path = join(folder, `${id}.conf`);
      writeFileSync(path, `box.id = ${id}\nlab.name = ${name}\nlab.phone = ${phone}\n` +
          `drop.public_url = ${drop}\nviewer.url = ${url}\n`);
      return path;
    });
    const output = join(folder, 'index.html');
    const said = execFileSync(join(ROOT, 'gateway/web/viewer/build'),
      ['--output', output, '--name', 'Laboratoire Dupont', ...configs],
      { encoding: 'utf8' });
    return { html: readFileSync(output, 'utf8'), said };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function listen(certificate, onRequest) {
  const server = createServer(certificate, onRequest);
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready({
    origin: `https://localhost:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    } })));
}

// A card of a box with a drop, and what the vault does with its index.
export class DropBox {
  // `store`: put(path, type, bytes), remove(path); may be asynchronous.
  constructor(box, name, drop, store, rounds) {
    Object.assign(this, { box, id: box.id, name, drop, store, rounds });
  }

  async issue() {
    const card = { ...await issueCard(this.box, 'https://branch.example',
      this.rounds, this.drop), bundles: [] };
    await this.publish(card);
    return card;
  }

  publish(card, index = composeIndex(card, card.bundles)) {
    return this.store.put(`i/${card.drop.loc}`, 'application/json', index);
  }

  async deliver(card, text, wish) {
    const sealed = await sealBundle(this.box, card, text, wish);
    await this.store.put(`d/${sealed.name}`, 'application/jose', sealed.jwe);
    card.bundles.push(sealed);
    await this.publish(card);
    return sealed;
  }

  // Superseded, revoked or closed: it leaves object and index.
  async bury(card, bid) {
    const [gone] = card.bundles.splice(card.bundles.findIndex((b) => b.bid === bid), 1);
    await this.store.remove(`d/${gone.name}`);
    await this.publish(card);
  }

  freeze(card) {
    return this.store.remove(`i/${card.drop.loc}`);
  }
}

// Path within its drop -> bytes.
class Store {
  constructor() {
    this.files = new Map();
  }

  put(path, type, bytes) {
    this.files.set(path, { type, bytes });
  }

  remove(path) {
    this.files.delete(path);
  }
}

const CORS = { 'Access-Control-Allow-Origin': '*', 'Cache-Control': 'no-store' };

function answerDrop(mock, request, response) {
  const [path] = request.url.split('?');
  mock.requests.push(`${request.method} ${request.url}`);
  mock.headers.push(request.headers);
  if (mock.fault?.(request, response)) return;
  const box = mock.boxes.find((b) => path.startsWith(`${new URL(b.drop).pathname}/`));
  const file = request.method === 'GET' && box?.store.files
    .get(path.slice(new URL(box.drop).pathname.length + 1));
  response.writeHead(file ? 200 : 404, { ...CORS,
    'Content-Type': file ? file.type : 'text/html' });
  response.end(file ? file.bytes : '<html><h1>Not Found</h1></html>');
}

function answerPage(page, request, response) {
  if (request.url !== '/retrait/') {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    return response.end('<!doctype html><title>another page of the same host</title>');
  }
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8',
    ...page.pageHeaders });
  response.end(page.spoilPage(page.html));
}

// The laboratory's web space: { url, stop() }; whoever asks gets `html`.
export async function servePage(certificate = makeCertificate()) {
  const page = { html: '', pageHeaders: {}, spoilPage: (html) => html };
  const { origin, stop } = await listen(certificate, (...args) => answerPage(page, ...args));
  return Object.assign(page, { url: `${origin}/retrait`, stop });
}

// `names`: of the branches.  `rounds`: fewer than the page is made with, where
// a test need not wait.
export async function startDrop({ rounds = 600000, names = ['Laboratoire Dupont'] } = {}) {
  const certificate = makeCertificate();
  const mock = { requests: [], headers: [], fault: null, boxes: [] };
  const drop = await listen(certificate, (...args) => answerDrop(mock, ...args));
  mock.page = await servePage(certificate);
  for (const [i, name] of names.entries()) {
    mock.boxes.push(new DropBox(await makeBox(`branch-${i + 1}`), name,
      `${drop.origin}/v1/AUTH_labo/drop-${i + 1}`, new Store(), rounds));
  }
  [mock.box] = mock.boxes;
  mock.dropOrigin = drop.origin;
  mock.url = mock.page.url;
  Object.assign(mock.page, buildViewer(mock.boxes, mock.url));
  mock.page.html = mock.page.html.replace('content="600000"', `content="${rounds}"`);
  mock.link = (card) => `${mock.url}/#1.${card.printed.card.replaceAll('-', '')}` +
      `.${card.printed.code.replaceAll('-', '')}`;
  mock.stop = () => Promise.all([drop.stop(), mock.page.stop()]);
  return mock;
}
