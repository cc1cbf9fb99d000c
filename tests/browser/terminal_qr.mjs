// terminal_qr.mjs -- the QR code of a slip printed in a terminal, as pixels,
// read by jsqr.  Full blocks are light: the paper of a dark terminal.

import jsqr from 'jsqr';

const SCALE = 4;
// character: [upper half is light, lower half is light]
const HALVES = { '\u2588': [true, true], '\u2580': [true, false],
  '\u2584': [false, true], ' ': [false, false] };

function modules(slip) {
  const lines = slip.split('\n').filter((l) => /^[ \u2580\u2584\u2588]{20,}$/.test(l));
  const left = Math.min(...lines.map((l) => l.search(/\S/)));
  return lines.flatMap((line) => [0, 1].map((half) =>
    [...line.slice(left)].map((c) => HALVES[c][half])));
}

export function readTerminalQr(slip) {
  const rows = modules(slip);
  const [width, height] = [rows[0].length * SCALE, rows.length * SCALE];
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const light = rows[Math.floor(y / SCALE)][Math.floor(x / SCALE)] ? 255 : 0;
      pixels.set([light, light, light, 255], (y * width + x) * 4);
    }
  }
  return jsqr(pixels, width, height)?.data;
}
