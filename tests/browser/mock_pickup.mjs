// mock_pickup.mjs -- the pickup API (docs/formats/pickup-api.md) in node, for
// fast tests of the page: no vault, no TLS of ours, faults on demand.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPage } from './page.mjs';
import { b64u, issueCard, makeBox, now_s, sealBundle } from './sealing.mjs';

const STEP_BYTES = 4096;
const PASSCODE_ATTEMPTS = 10;

// P-256, self-signed, for a day.
export function makeCertificate() {
  const folder = mkdtempSync(join(tmpdir(), 'guichet-mock-'));
  try {
    const [key, cert] = ['key.pem', 'cert.pem'].map((f) => join(folder, f));
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt',
      'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj',
      '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
      '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function paddedJson(value) {
  const text = JSON.stringify(value);
  return text.padEnd(Math.ceil(text.length / STEP_BYTES) * STEP_BYTES, ' ');
}

class Mock {
  constructor(box, values) {
    this.box = box;
    this.values = values;
    this.cards = new Map();
    this.objects = new Map();
    this.shares = new Map();
    this.requests = [];
    this.tickets = new Map();	// ticket -> { card, changed, response }
    this.fault = null;		// (request, response) => true: answered
  }

  async issue() {
    const card = await issueCard(this.box, this.origin, this.values.rounds);
    this.cards.set(card.card, { ...card, bundles: [] });
    return this.cards.get(card.card);
  }

  async deliver(card, text, wish) {
    const sealed = await sealBundle(this.box, card, text, wish);
    this.objects.set(sealed.name, sealed.jwe);
    card.bundles.push(sealed);
    return sealed;
  }

  // What the vault does to a bundle that is closed or withdrawn.
  bury(card, bid, status) {
    const bundle = card.bundles.find((b) => b.bid === bid);
    this.objects.delete(bundle.name);
    bundle.envelope = '';
    bundle.status = status;
  }

  // What the vault tells after a commit.
  change(card) {
    for (const ticket of this.tickets.values()) {
      if (ticket.card !== card.card) continue;
      ticket.changed = true;
      this.tell(ticket);
    }
  }

  tell(ticket) {
    if (!ticket.response || !ticket.changed) return;
    sendJson(ticket.response, 200, { changed: true });
    ticket.response = null;
    ticket.changed = false;
  }

  answer(card) {
    const watch = b64u(randomBytes(32));
    this.tickets.set(watch, { card: card.card });
    return { sk: card.sk, trust: card.trust, watch, bundles: card.bundles.map(
      ({ bid, envelope, status, closes }) => ({ bid, envelope, status, closes })) };
  }

  authorized(request, name) {
    const card = this.cards.get(name);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    return card !== undefined && token === card.auth ? card : null;
  }
}

// As gateway/pickup/headers.c sends them.
const OF_ALL = { 'Cache-Control': 'no-store',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer', 'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY' };

function send(response, status, body = '', headers = {}) {
  response.writeHead(status, { ...OF_ALL, ...headers });
  response.end(body);
}

const sendJson = (response, status, value) => send(response, status,
  paddedJson(value), { 'Content-Type': 'application/json' });
const notFound = (response) => sendJson(response, 404, { error: 'not found' });
const CORS = { 'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Retry-After' };

// --- routes -------------------------------------------------------------------

function getPage(mock, request, response) {
  const { html, csp } = mock.page;
  send(response, 200, html, { 'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': csp });
}

function postCard(mock, request, response, name) {
  const card = mock.authorized(request, name);
  if (card === null || card.bundles.length === 0) return notFound(response);
  sendJson(response, 200, mock.answer(card));
}

function getObject(mock, request, response, name) {
  const jwe = mock.objects.get(name);
  if (jwe === undefined) return notFound(response);
  send(response, 200, jwe, { 'Content-Type': 'application/jose', ...CORS });
}

function getWatch(mock, request, response, name) {
  const ticket = mock.tickets.get(name);
  if (ticket === undefined) return notFound(response);
  ticket.response = response;
  mock.tell(ticket);
}

function postShare(mock, request, response, name) {
  const card = mock.authorized(request, name);
  const wish = JSON.parse(request.body || '{}');
  const bundle = card?.bundles.find((b) => b.bid === wish.bid);
  if (bundle === undefined) return notFound(response);
  const alias = b64u(randomBytes(32));
  const exp = Math.min(now_s() + wish.ttl_s, bundle.closes);
  mock.shares.set(alias, { ...wish, exp, name: bundle.name, card: name,
    left: PASSCODE_ATTEMPTS });
  sendJson(response, 201, { url: `${mock.origin}/s/${alias}`, exp });
}

function deleteShare(mock, request, response, name, alias) {
  if (mock.authorized(request, name) === null) return notFound(response);
  if (!mock.shares.delete(alias)) return notFound(response);
  send(response, 204);
}

function openShare(mock, kind, alias) {
  const share = mock.shares.get(alias);
  return share?.kind === kind && share.exp > now_s() && share.left > 0 ?
    share : undefined;
}

function getDirect(mock, request, response, alias) {
  const share = openShare(mock, 'U', alias);
  if (share === undefined) return notFound(response);
  getObject(mock, request, response, share.name);
}

function postManifest(mock, request, response, alias) {
  const share = openShare(mock, 'P', alias);
  if (share === undefined) return notFound(response);
  const { recipient, passcode } = JSON.parse(request.body || '{}');
  if (!recipient) return sendJson(response, 400, { error: 'recipient' });
  if (passcode !== share.passcode) {
    share.left -= 1;
    return sendJson(response, 401, { remainingAttempts: share.left });
  }
  send(response, 200, JSON.stringify({ files: [{
    contentType: 'application/fhir+json',
    location: `${mock.origin}/d/${share.name}` }] }),
  { 'Content-Type': 'application/json', ...CORS });
}

const ROUTES = [
  ['GET', /^\/$/, getPage],
  ['POST', /^\/api\/v1\/cards\/(\w{10})$/, postCard],
  ['POST', /^\/api\/v1\/cards\/(\w{10})\/shares$/, postShare],
  ['DELETE', /^\/api\/v1\/cards\/(\w{10})\/shares\/([\w-]{43})$/, deleteShare],
  ['GET', /^\/w\/([\w-]{43})$/, getWatch],
  ['GET', /^\/d\/([\w-]{43})$/, getObject],
  ['GET', /^\/s\/([\w-]{43})$/, getDirect],
  ['POST', /^\/s\/([\w-]{43})$/, postManifest],
];

async function readBody(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

async function onRequest(mock, request, response) {
  const path = request.url.split('?')[0];
  mock.requests.push(`${request.method} ${request.url}`);
  request.body = await readBody(request);
  if (mock.fault?.(request, response)) return;
  for (const [method, pattern, handler] of ROUTES) {
    const match = request.method === method && pattern.exec(path);
    if (match) return handler(mock, request, response, ...match.slice(1));
  }
  notFound(response);
}

export { send, sendJson };

export async function startMock({ port = 0, rounds = 600000,
  lab = 'Laboratoire Dupont', phone = '01 23 45 67 89' } = {}) {
  const box = await makeBox('test-box');
  const mock = new Mock(box, { box: box.id, lab, phone, rounds });
  const server = createServer(makeCertificate(),
    (request, response) => onRequest(mock, request, response));
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  mock.origin = `https://localhost:${server.address().port}`;
  mock.page = buildPage({ ...mock.values, origin: mock.origin });
  mock.stop = () => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  };
  return mock;
}
