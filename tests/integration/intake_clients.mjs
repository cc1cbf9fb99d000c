// Real HL7 clients of npm, as a LIS would use them.
// intake_clients.mjs PORT node-hl7-client|medplum FILE...: sends each file on
// one connection and prints one line of JSON per answer.
import { readFileSync } from 'node:fs';

const [port, which, ...files] = process.argv.slice(2);

// With GUICHET_TLS = {"ca": FILE, "cert": FILE, "key": FILE}: over TLS.
const files_of_tls = process.env.GUICHET_TLS ? JSON.parse(process.env.GUICHET_TLS) : {};
const tls = Object.fromEntries(Object.entries(files_of_tls)
  .map(([name, path]) => [name, readFileSync(path)]));

function show(code, control) {
  console.log(JSON.stringify({ code, control }));
}

// It queues what is sent before an answer came and then connects again; so one
// after the other.
async function withNodeHl7Client() {
  const { Client, Message } = await import('node-hl7-client');
  const client = new Client({ host: '127.0.0.1',
    ...(process.env.GUICHET_TLS ? { tls } : {}) });
  const waiting = [...files];
  await new Promise((resolve, reject) => {
    const next = () => waiting.length > 0 ? outbound.sendMessage(
      new Message({ text: readFileSync(waiting.shift(), 'utf8') })) : resolve();
    const outbound = client.createConnection({ port: Number(port) }, (res) => {
      const message = res.getMessage();
      show(String(message.get('MSA.1')), String(message.get('MSA.2')));
      next();
    });
    outbound.on('data.error', reject);
    outbound.on('connect', next);
    setTimeout(() => reject(new Error('no answer in 60 s')), 60000);
  });
}

async function withMedplum() {
  const { Hl7Client } = await import('@medplum/hl7');
  const { Hl7Message } = await import('@medplum/core');
  const client = new Hl7Client({ host: '127.0.0.1', port: Number(port) });
  for (const file of files) {
    const ack = await client.sendAndWait(Hl7Message.parse(readFileSync(file, 'utf8')));
    const msa = ack.getSegment('MSA');
    show(msa.getComponent(1, 1), msa.getComponent(2, 1));
  }
  await client.close();
}

await (which === 'medplum' ? withMedplum() : withNodeHl7Client());
process.exit(0);
