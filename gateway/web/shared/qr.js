// qr.js -- a QR code (ISO/IEC 18004) of bytes: level L or M, versions 1-20.
//
// encodeQr() gives a matrix of booleans, dark is true, without quiet zone.

// Per version from 1: error-correction codewords a block, and blocks.
const QR_LEVELS = {
  L: { format: 1,
    ecc: [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28,
      30, 28, 28],
    blocks: [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8] },
  M: { format: 0,
    ecc: [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28,
      26, 26, 26],
    blocks: [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14,
      16] },
};
const QR_VERSION_MAX = 20;

// --- GF(256), polynomial 0x11d, and Reed-Solomon ---------------------------

function galoisMultiply(a, b) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    if ((b >> bit) & 1) product ^= a;
  }
  return product;
}

function generatorOf(degree) {
  const generator = new Uint8Array(degree);
  generator[degree - 1] = 1;
  let root = 1;
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) {
      generator[j] = galoisMultiply(generator[j], root) ^
          (j + 1 < degree ? generator[j + 1] : 0);
    }
    root = galoisMultiply(root, 2);
  }
  return generator;
}

function remainderOf(data, generator) {
  const remainder = new Uint8Array(generator.length);
  for (const byte of data) {
    const factor = byte ^ remainder[0];
    remainder.copyWithin(0, 1);
    remainder[remainder.length - 1] = 0;
    generator.forEach((g, i) => { remainder[i] ^= galoisMultiply(g, factor); });
  }
  return remainder;
}

// --- capacity ----------------------------------------------------------------

function alignmentCentres(version) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const centres = [6];
  for (let at = version * 4 + 10; centres.length < count; at -= step) {
    centres.splice(1, 0, at);
  }
  return centres;
}

// All modules that carry data, in bytes.
function codewordsOf(version) {
  const n = alignmentCentres(version).length;
  let modules = (16 * version + 128) * version + 64;
  if (n > 0) modules -= (25 * n - 10) * n - 55;
  if (version >= 7) modules -= 36;
  return Math.floor(modules / 8);
}

function dataBytesOf(version, level) {
  const { ecc, blocks } = QR_LEVELS[level];
  return codewordsOf(version) - ecc[version - 1] * blocks[version - 1];
}

function countBits(version) {
  return version < 10 ? 8 : 16;
}

function smallestVersion(length, level) {
  for (let version = 1; version <= QR_VERSION_MAX; version++) {
    const bits = 4 + countBits(version) + length * 8;
    if (bits <= dataBytesOf(version, level) * 8) return version;
  }
  throw new RangeError(`QR: ${length} bytes are too many`);
}

// --- codewords ---------------------------------------------------------------

function dataCodewords(bytes, version, level) {
  const bits = [];
  const push = (value, count) => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  push(4, 4);				// byte mode
  push(bytes.length, countBits(version));
  bytes.forEach((byte) => push(byte, 8));
  const capacity = dataBytesOf(version, level);
  push(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8 !== 0) bits.push(0);
  const words = new Uint8Array(capacity);
  const used = bits.length / 8;
  for (let i = 0; i < capacity; i++) {
    words[i] = i < used ? bits.slice(i * 8, i * 8 + 8)
      .reduce((byte, bit) => (byte << 1) | bit, 0) : (i - used) % 2 ? 17 : 236;
  }
  return words;
}

function splitBlocks(data, version, level) {
  const count = QR_LEVELS[level].blocks[version - 1];
  const generator = generatorOf(QR_LEVELS[level].ecc[version - 1]);
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  let at = 0;
  return Array.from({ length: count }, (_, i) => {
    const size = short + (i >= count - longer ? 1 : 0);
    const block = data.subarray(at, at += size);
    return { block, ecc: remainderOf(block, generator) };
  });
}

// First the data of all blocks, byte by byte in turn, then their checks.
function interleave(blocks) {
  const out = [];
  for (const part of ['block', 'ecc']) {
    const longest = Math.max(...blocks.map((b) => b[part].length));
    for (let i = 0; i < longest; i++) {
      for (const b of blocks) if (i < b[part].length) out.push(b[part][i]);
    }
  }
  return out;
}

// --- the matrix --------------------------------------------------------------

class QrMatrix {
  constructor(version) {
    this.size = version * 4 + 17;
    this.dark = Array.from({ length: this.size },
      () => new Array(this.size).fill(false));
    this.fixed = this.dark.map((row) => row.slice());
  }

  // A module of a pattern: data and masks leave it alone.
  fix(x, y, dark) {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return;
    this.dark[y][x] = dark;
    this.fixed[y][x] = true;
  }

  fixRings(cx, cy, radius, isDark) {
    for (let dy = -radius; dy <= radius; dy++) {
      for (let dx = -radius; dx <= radius; dx++) {
        this.fix(cx + dx, cy + dy,
          isDark(Math.max(Math.abs(dx), Math.abs(dy))));
      }
    }
  }
}

function drawFinders(matrix) {
  const far = matrix.size - 4;
  for (const [x, y] of [[3, 3], [far, 3], [3, far]]) {
    matrix.fixRings(x, y, 4, (ring) => ring !== 2 && ring !== 4);
  }
}

function drawTiming(matrix) {
  for (let i = 0; i < matrix.size; i++) {
    matrix.fix(6, i, i % 2 === 0);
    matrix.fix(i, 6, i % 2 === 0);
  }
}

function drawAlignment(matrix, version) {
  const centres = alignmentCentres(version);
  const last = centres[centres.length - 1];
  for (const y of centres) {
    for (const x of centres) {
      const corner = (x === 6 && (y === 6 || y === last)) ||
          (x === last && y === 6);
      if (!corner) matrix.fixRings(x, y, 2, (ring) => ring !== 1);
    }
  }
}

function bchRemainder(value, polynomial, degree) {
  let rest = value << degree;
  for (let bit = 31; bit >= degree; bit--) {
    if ((rest >>> bit) & 1) rest ^= polynomial << (bit - degree);
  }
  return rest;
}

function drawVersion(matrix, version) {
  if (version < 7) return;
  const bits = (version << 12) | bchRemainder(version, 0x1f25, 12);
  for (let i = 0; i < 18; i++) {
    const dark = ((bits >> i) & 1) === 1;
    const [a, b] = [matrix.size - 11 + (i % 3), Math.floor(i / 3)];
    matrix.fix(a, b, dark);
    matrix.fix(b, a, dark);
  }
}

function drawFormat(matrix, level, mask) {
  const data = (QR_LEVELS[level].format << 3) | mask;
  const bits = ((data << 10) | bchRemainder(data, 0x537, 10)) ^ 0x5412;
  const { size } = matrix;
  for (let i = 0; i < 15; i++) {
    const dark = ((bits >> i) & 1) === 1;
    // Around the first finder, stepping over the timing lines.
    if (i < 8) matrix.fix(8, i < 6 ? i : i + 1, dark);
    else matrix.fix(i === 8 ? 7 : 14 - i, 8, dark);
    // Along the other two.
    if (i < 8) matrix.fix(size - 1 - i, 8, dark);
    else matrix.fix(8, size - 15 + i, dark);
  }
  matrix.fix(8, size - 8, true);
}

// Two columns at a time from the right, up and down in turn.
function drawData(matrix, words) {
  const { size } = matrix;
  let bit = 0;
  for (let pair = 0, right = size - 1; right >= 1; pair++, right -= 2) {
    if (right === 6) right = 5;		// the timing column
    for (let step = 0; step < size; step++) {
      const y = pair % 2 === 0 ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (matrix.fixed[y][x]) continue;
        const word = words[bit >> 3] ?? 0;
        matrix.dark[y][x] = ((word >> (7 - (bit & 7))) & 1) === 1;
        bit++;
      }
    }
  }
}

const QR_MASKS = [
  (x, y) => (x + y) % 2 === 0,
  (x, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => (x * y) % 2 + (x * y) % 3 === 0,
  (x, y) => ((x * y) % 2 + (x * y) % 3) % 2 === 0,
  (x, y) => ((x + y) % 2 + (x * y) % 3) % 2 === 0,
];

function applyMask(matrix, mask) {
  matrix.dark.forEach((row, y) => row.forEach((dark, x) => {
    if (!matrix.fixed[y][x] && QR_MASKS[mask](x, y)) row[x] = !dark;
  }));
}

// --- penalty of a mask (ISO/IEC 18004, 7.8.3) ---------------------------------

function linePenalty(line) {
  const text = line.map((dark) => (dark ? '1' : '0')).join('');
  let points = 0;
  for (const [run] of text.matchAll(/0{5,}|1{5,}/g)) points += run.length - 2;
  for (const finder of ['10111010000', '00001011101']) {
    for (let at = text.indexOf(finder); at >= 0;
      at = text.indexOf(finder, at + 1)) points += 40;
  }
  return points;
}

function blockPenalty(dark) {
  let points = 0;
  for (let y = 1; y < dark.length; y++) {
    for (let x = 1; x < dark.length; x++) {
      const c = dark[y][x];
      if (c === dark[y - 1][x] && c === dark[y][x - 1] &&
          c === dark[y - 1][x - 1]) points += 3;
    }
  }
  return points;
}

function penaltyOf({ dark, size }) {
  let points = blockPenalty(dark);
  let count = 0;
  for (let i = 0; i < size; i++) {
    points += linePenalty(dark[i]) + linePenalty(dark.map((row) => row[i]));
    count += dark[i].filter(Boolean).length;
  }
  return points + 10 * Math.floor(Math.abs(count * 20 / (size * size) - 10));
}

function buildMatrix(words, version, level, mask) {
  const matrix = new QrMatrix(version);
  drawTiming(matrix);
  drawFinders(matrix);
  drawAlignment(matrix, version);
  drawVersion(matrix, version);
  drawFormat(matrix, level, mask);
  drawData(matrix, words);
  applyMask(matrix, mask);
  return matrix;
}

// `bytes` as rows of booleans; throws RangeError beyond version 20.
export function encodeQr(bytes, level = 'M') {
  const version = smallestVersion(bytes.length, level);
  const data = dataCodewords(bytes, version, level);
  const words = interleave(splitBlocks(data, version, level));
  const matrices = QR_MASKS.map((_, m) => buildMatrix(words, version, level, m));
  const points = matrices.map(penaltyOf);
  return matrices[points.indexOf(Math.min(...points))].dark;
}

// One SVG path of unit squares: runs of dark modules, row by row.
export function qrPath(rows) {
  const parts = [];
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      if (!row[x]) continue;
      const start = x;
      while (row[x + 1]) x++;
      parts.push(`M${start} ${y}h${x - start + 1}v1h-${x - start + 1}z`);
    }
  });
  return parts.join('');
}
