// shlink.mjs -- SMART Health Links: ours before npm kill-the-clipboard, and
// links of others before our reader.
//
// The links of the real box go through the same viewer in
// tests/browser/appliance_test.mjs.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { base64url, CompactEncrypt } from 'jose';
import { encryptSHLFile, SHL, SHLViewer } from 'kill-the-clipboard';
import { composeShlink, readShlink } from '../../gateway/web/shared/shlink.js';
import { fromBase64url, utf8Text } from '../../gateway/web/shared/bytes.js';
import { openDirect } from '../../gateway/web/shared/jose.js';
import { startMock } from '../browser/mock_pickup.mjs';
import { fhirText, frenchReport } from '../browser/sample_report.mjs';
import { sealCompressed } from '../browser/sealing.mjs';

// The pretended box has a certificate that nobody signed.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.removeAllListeners('warning');

let mock, card, sealed;

before(async () => {
  mock = await startMock({ rounds: 1000 });
  card = await mock.issue();
  sealed = await mock.deliver(card, fhirText(frenchReport()));
});

after(() => mock?.stop());

async function makeLink(kind, passcode) {
  const response = await fetch(`${mock.origin}/api/v1/cards/${card.card}/shares`, {
    method: 'POST', headers: { Authorization: `Bearer ${card.auth}` },
    body: JSON.stringify({ bid: sealed.bid, kind, passcode, ttl_s: 3600, max_uses: 0 }) });
  const { url, exp } = await response.json();
  return composeShlink({ url, exp, key: sealed.key, flag: kind,
    label: 'Laboratory report' });
}

const view = (link, more) => new SHLViewer({ shlinkURI: link })
  .resolveSHL({ recipient: 'Dr Test', ...more });

test('kill-the-clipboard opens a direct link (U)', async () => {
  const { fhirResources } = await view(await makeLink('U'));
  assert.equal(fhirResources[0].resourceType, 'Bundle');
  assert.equal(fhirResources[0].entry[0].resource.resourceType, 'Composition');
});

test('kill-the-clipboard opens a link with a passcode (P), and only with it', async () => {
  const link = await makeLink('P', '049703');
  const { fhirResources } = await view(link, { passcode: '049703' });
  assert.equal(fhirResources[0].type, 'document');
  await assert.rejects(view(link, { passcode: '000000' }), /passcode/i);
});

test('kill-the-clipboard reads every member of our payload', async () => {
  const shl = SHL.parse(await makeLink('P', '049703'));
  assert.equal(shl.requiresPasscode, true);
  assert.equal(shl.isDirectFile, false);
  assert.equal(shl.label, 'Laboratory report');
  assert.equal(shl.key, sealed.key);
  assert.ok(shl.url.length <= 128 && shl.expirationDate > new Date());
});

test('our reader opens a link and file of kill-the-clipboard', async () => {
  for (const enableCompression of [false, true]) {
    const shl = SHL.generate({ baseManifestURL: 'https://shl.example/', flag: 'U' });
    const content = JSON.stringify({ resourceType: 'Bundle', type: 'document' });
    const jwe = await encryptSHLFile({ content, key: shl.key,
      contentType: 'application/fhir+json', enableCompression });
    const { key } = readShlink(shl.toURI());
    assert.equal(utf8Text(await openDirect(jwe, fromBase64url(key))), content);
  }
});

// HL7's published example has a direct link ("LU"), a viewer before it, a key
// id in the header and no cty.
test('our reader opens links in the style of HL7\'s IPS example', async () => {
  const key = randomBytes(32);
  const payload = { url: 'https://files.example/IPS_IG-bundle-01-enc.txt', flag: 'LU',
    key: base64url.encode(key), label: 'Demo SHL for IPS_IG-bundle-01' };
  const link = `https://viewer.example/ips#shlink:/${base64url.encode(JSON.stringify(payload))}`;
  const content = JSON.stringify({ resourceType: 'Bundle', type: 'document' });
  const plain = await new CompactEncrypt(Buffer.from(content)).setProtectedHeader(
    { enc: 'A256GCM', alg: 'dir', kid: 'ufYGlu_C8IuzJ3HV' }).encrypt(key);
  const read = readShlink(link);
  assert.equal(read.flag, 'LU');
  for (const jwe of [plain, await sealCompressed(content, key)]) {
    assert.equal(utf8Text(await openDirect(jwe, fromBase64url(read.key))).trimEnd(), content);
  }
});
