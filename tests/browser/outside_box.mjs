// outside_box.mjs -- the real box, a real Swift, an SMS gateway
// (outside_box.py), and the page for patients at home on another origin.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { buildViewer, servePage } from './mock_drop.mjs';
import { makeOru } from './oru.mjs';
import { ROOT } from './page.mjs';

// One question at a time, each answered by one line.
function talk(child) {
  const waiting = [];
  let ended = false;
  createInterface({ input: child.stdout }).on('line',
    (line) => waiting.shift()?.resolve(JSON.parse(line)));
  child.once('exit', (code) => {
    ended = true;
    waiting.forEach(({ reject }) => reject(new Error(`outside_box.py ended: ${code}`)));
  });
  return {
    next: () => new Promise((resolve, reject) => {
      if (ended) return reject(new Error('outside_box.py has ended'));
      waiting.push({ resolve, reject });
    }),
    end: () => new Promise((resolve) => {
      if (ended) return resolve();
      child.once('exit', resolve);
      child.stdin.end();
    }),
  };
}

export async function startOutside(settings = {}) {
  const page = await servePage();
  const child = spawn('/usr/bin/python3', [join(ROOT, 'tests/browser/outside_box.py'),
    page.url, ...Object.entries(settings).map(([k, v]) => `${k}=${v}`)],
  { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = talk(child);
  const { drop } = await lines.next();
  Object.assign(page, buildViewer([{ id: 'demo-box', name: 'Laboratoire Dupont', drop }],
    page.url));
  const box = { page, drop, url: page.url, count: 0 };
  box.call = async (name, ...args) => {
    const reply = lines.next();
    child.stdin.write(`${JSON.stringify({ do: name, args })}\n`);
    const { value, error } = await reply;
    if (error !== undefined) throw new Error(error);
    return value;
  };
  box.guichet = (...args) => box.call('guichet', ...args);
  // { card, code, url, internet: { url, qr_url } } and the telephone.
  box.patient = async (...options) => {
    const phone = `+336123456${String(++box.count).padStart(2, '0')}`;
    return { phone, ...await box.call('patient', phone, ...options) };
  };
  // What the LIS sends; the bytes of its PDF.
  box.deliver = async (slip, wish = {}) => {
    const { message, pdf } = makeOru({ card: slip.card.replaceAll('-', ''),
      order: wish.order ?? `H${++box.count}`, control_id: `H${++box.count}`, ...wish });
    const ack = await box.call('send', message.toString('base64'));
    if (!ack.includes('MSA|AA|')) throw new Error(ack);
    return pdf;
  };
  // As store of a DropBox (mock_drop.mjs).
  box.put = (path, type, bytes) =>
    box.call('put', path, type, Buffer.from(bytes).toString('base64'));
  box.remove = (path) => box.call('remove', path);
  box.stop = async () => {
    await lines.end();
    await page.stop();
  };
  return box;
}
