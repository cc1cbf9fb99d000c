// appliance.mjs -- a throw-away Guichet for tests written in JavaScript; the
// work is done by appliance.py, which this starts and stops.
//
//   const box = await startAppliance({ 'bundle.window': '20s' });
//   const slip = box.guichet('card', 'new', '--json');
//   await box.stop();

import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

export async function startAppliance(settings = {}) {
  const pairs = Object.entries(settings).map(([k, v]) => `${k}=${v}`);
  const child = spawn('/usr/bin/python3', [join(here, 'appliance.py'), 'start', ...pairs],
    { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const facts = await new Promise((resolve, reject) => {
    lines.once('line', (line) => resolve(JSON.parse(line)));
    child.once('exit', (code) => reject(new Error(`the appliance did not start (${code})`)));
  });
  return {
    ...facts,
    guichet: (...args) => execFileSync(join(facts.bin, 'guichet'),
      ['--socket', facts.socket, ...args], { encoding: 'utf8' }),
    card: (...args) => JSON.parse(execFileSync(join(facts.bin, 'guichet'),
      ['--socket', facts.socket, 'card', 'new', '--json', ...args], { encoding: 'utf8' })),
    send: (message) => sendMllp(facts.mllp_port, message),
    stop: () => new Promise((resolve) => {
      child.once('exit', resolve);
      child.stdin.end();
    }),
  };
}

// One message, one connection: the bytes of the ACK without its framing.
export function sendMllp(port, message) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    const parts = [];
    socket.on('connect', () => socket.write(Buffer.concat([
      Buffer.from([0x0b]), Buffer.from(message), Buffer.from([0x1c, 0x0d])])));
    socket.on('data', (part) => {
      parts.push(part);
      const all = Buffer.concat(parts);
      if (all.includes(0x1c)) {
        socket.destroy();
        resolve(all.subarray(1, all.indexOf(0x1c)).toString());
      }
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without an ACK')));
  });
}
