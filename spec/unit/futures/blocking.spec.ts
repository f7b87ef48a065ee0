import { inBlocking } from '../../contract/futures/blocking';

/*
 * The promises of futures, kept by those that block: the same specs, with the other facade in the place of theirs.
 */
jest.doMock('multiprocessing-ts/concurrent/futures', () => inBlocking);

describe('futures that block', () => {
  for (const spec of ['cpython', 'states', 'callbacks', 'wait']) {
    describe(spec, () => {
      jest.requireActual(`./${spec}.spec.ts`);
    });
  }
});
