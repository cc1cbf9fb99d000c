// fhir_in_client.mjs PORT CA CERT KEY FILE: posts FILE twice over one kept
// connection, as node's own https client does it.
import { readFileSync } from 'node:fs';
import https from 'node:https';

const [port, ca, cert, key, file] = process.argv.slice(2);
const body = readFileSync(file);
const agent = new https.Agent({
  keepAlive: true, maxSockets: 1, ca: readFileSync(ca), cert: readFileSync(cert),
  key: readFileSync(key), maxVersion: 'TLSv1.2',
});

function post() {
  return new Promise((resolve, reject) => {
    const request = https.request({
      agent, host: 'localhost', port, path: '/fhir', method: 'POST',
      headers: { 'content-type': 'application/fhir+json', 'content-length': body.length },
    }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => { text += piece; });
      response.on('end', () => resolve([response.statusCode, JSON.parse(text)]));
    });
    request.on('error', reject);
    request.end(body);
  });
}

const [first] = await post();
const [second, answer] = await post();
console.log(first, second, answer.type);
agent.destroy();
