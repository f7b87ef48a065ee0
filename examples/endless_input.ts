/**
 * What Python's pool cannot do: take an input that never ends. `buffersize` bounds what is submitted and not yet read,
 * so the input is drawn only as fast as the results are used.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'multiprocessing-ts';
import { print } from 'multiprocessing-ts/builtins';

let drawn = 0;

async function* readings() {
  try {
    for (;;) {
      await delay(1);
      yield drawn++;
    }
  } finally {
    print('the input is closed');
  }
}

async function main() {
  await using pool = new Pool(2);
  for await (const square of pool.imap((x) => x * x, readings(), { buffersize: 4 })) {
    print(square);
    if (square === 81) break;
  }
  print('drawn ahead at most:', drawn - 10 <= 4 + 1);
}

if (require.main === module) void main();
