/** Two processes that talk through a pipe, until one of them closes it. */
import { Pipe, Process } from 'multiprocessing-ts/sync';
import { EOFError } from 'multiprocessing-ts/sync/builtins';
import type { Connection } from 'multiprocessing-ts/sync/connection';

function pong(connection: Connection) {
  try {
    for (;;) {
      const ball = connection.recv() as { hits: number };
      connection.send({ hits: ball.hits + 1 });
    }
  } catch (error) {
    if (!(error instanceof EOFError)) throw error;
    console.log('pong: nobody is there any more');
  }
}

function main() {
  const [ours, theirs] = Pipe();
  const player = new Process({ target: pong, args: [theirs] });
  player.start();
  // The player has it now. While we hold it too, the player would not see the end.
  theirs.close();

  let ball = { hits: 0 };
  for (let i = 0; i < 3; i++) {
    ours.send({ hits: ball.hits + 1 });
    ball = ours.recv() as { hits: number };
    console.log(`ping: ${ball.hits} hits`);
  }
  ours.close();
  player.join();
  console.log(`exit code ${player.exitcode}`);
}

main();
