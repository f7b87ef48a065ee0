/**
 * What Python's pool cannot do: send any function, with the variables it uses. In Python each of these is
 * "Can't pickle local object".
 */
import { Pool } from 'multiprocessing-ts';
import { print, range } from 'multiprocessing-ts/builtins';

class Account {
  constructor(
    readonly owner: string,
    readonly balance: number,
  ) {}

  grown(rate: number) {
    return new Account(this.owner, this.balance * (1 + rate));
  }
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}

async function main() {
  await using pool = new Pool(2);

  // A lambda.
  print(await pool.map((x) => x ** 2, [1, 2, 3]));

  // A closure over local variables.
  const factor = 10;
  const names = new Map([[1, 'one'], [2, 'two']]); // prettier-ignore
  print(await pool.map((x) => [x * factor, names.get(x)], [1, 2]));

  // Helpers of the same file, recursive ones too.
  print(await pool.starmap((a, b) => gcd(a, b), [[12, 18], [35, 14]])); // prettier-ignore

  // Instances arrive as what they are, there and back.
  const rate = 0.5;
  const accounts = await pool.map((account) => account.grown(rate), [new Account('Ada', 100)]);
  print(accounts[0] instanceof Account, accounts[0]?.owner, accounts[0]?.balance);

  // A variable is read when the call is made.
  let round = 0;
  const results = [];
  for (round of range(3)) results.push(pool.apply_async(() => round * 100));
  print(await Promise.all(results.map((result) => result.get())));
}

if (require.main === module) void main();
