/** Two processes that talk through a pipe, until one of them closes it. */
import { Pipe, Process } from 'multiprocessing-ts';
import { EOFError } from 'multiprocessing-ts/builtins';
import type { Connection } from 'multiprocessing-ts/connection';

async function pong(connection: Connection): Promise<void> {
  try {
    for (;;) {
      const ball = (await connection.recv()) as { hits: number };
      await connection.send({ hits: ball.hits + 1 });
    }
  } catch (error) {
    if (!(error instanceof EOFError)) throw error;
    console.log('pong: nobody is there any more');
  }
}

async function main(): Promise<void> {
  const [ours, theirs] = Pipe();
  const player = new Process({ target: pong, args: [theirs] });
  player.start();
  // The player has it now. While we hold it too, the player would not see the end.
  theirs.close();

  let ball = { hits: 0 };
  for (let i = 0; i < 3; i++) {
    await ours.send({ hits: ball.hits + 1 });
    ball = (await ours.recv()) as { hits: number };
    console.log(`ping: ${ball.hits} hits`);
  }
  ours.close();
  await player.join();
  console.log(`exit code ${player.exitcode}`);
}

void main();
