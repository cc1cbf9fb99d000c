// oru.mjs -- the demo's French report (tests/demo/report.py) as bytes, for
// tests written in JavaScript.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './page.mjs';

const SCRIPT = `
import base64, json, sys
sys.path.insert(0, sys.argv[1])
import report
wish = json.loads(sys.argv[2])
pdf = report.make_pdf(padding=wish.pop("padding", 0)) if wish.pop("with_pdf") else None
message = report.make_message(pdf=pdf, **wish)
print(json.dumps({"message": base64.b64encode(message).decode(),
                  "pdf": base64.b64encode(pdf or b"").decode()}))
`;

// { message, pdf }: bytes as the LIS sends them.  `wish`: the arguments of
// make_message(), and with_pdf, padding.
export function makeOru({ with_pdf = true, ...wish }) {
  const { message, pdf } = JSON.parse(execFileSync('/usr/bin/python3',
    ['-c', SCRIPT, join(ROOT, 'tests/demo'), JSON.stringify({ with_pdf, ...wish })],
    { encoding: 'utf8', maxBuffer: 128 << 20 }));
  return { message: Buffer.from(message, 'base64'), pdf: Buffer.from(pdf, 'base64') };
}
