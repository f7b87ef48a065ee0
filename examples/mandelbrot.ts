/**
 * The Mandelbrot set as a PNG: once in this process, once on all cores.
 *
 *     npx ts-node examples/mandelbrot.ts [width] [file.png]
 */
import { writeFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { Pool } from 'multiprocessing-ts';
import { os, print, range, time } from 'multiprocessing-ts/builtins';

const width = Number(process.argv[2] ?? 1200);
const file = process.argv[3] ?? 'mandelbrot.png';
const height = Math.round((width * 2) / 3);
const limit = 3000;

/** One line of the picture, three bytes a pixel. It reads `width`, `height` and `limit` of this file. */
function line(y: number): Uint8Array {
  const pixels = new Uint8Array(width * 3);
  const ci = (2 * y) / height - 1;
  for (let x = 0; x < width; x++) {
    const cr = (3 * x) / width - 2;
    let re = 0;
    let im = 0;
    let n = 0;
    for (; n < limit && re * re + im * im < 4; n++) [re, im] = [re * re - im * im + cr, 2 * re * im + ci];
    if (n < limit) pixels.set(color(n), x * 3);
  }
  return pixels;
}

function color(n: number): [number, number, number] {
  const t = Math.log(n + 1) / Math.log(limit);
  return [255 * t ** 0.5, 255 * t, 90 + 165 * (1 - t) * t].map(Math.round) as [number, number, number];
}

function png(lines: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, RGB
  const raw = Buffer.concat(lines.flatMap((each) => [Buffer.of(0), each]));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(data.length);
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([size, body, check]);
}

function crc32(data: Uint8Array): number {
  let crc = ~0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

async function main() {
  let st = time();
  const alone = Array.from(range(height), line);
  const sequential = time() - st;
  print(`sequential: ${sequential.toFixed(2)} s`);

  await using pool = new Pool();
  st = time();
  const together = await pool.map(line, range(height));
  const parallel = time() - st;
  const gain = (sequential / parallel).toFixed(1);
  print(`parallel:   ${parallel.toFixed(2)} s, ${os.cpu_count()} workers, ${gain} times as fast`);

  const picture = png(together);
  print('the same picture:', png(alone).equals(picture));
  writeFileSync(file, picture);
  print(`written to ${file}`);
}

if (require.main === module) void main();
