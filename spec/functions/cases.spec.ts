import { Pool } from 'multiprocessing-ts';
import { allCases } from './cases/index';
import type { CasePool } from './cases/case';
import { poolsOf } from './real_pool';

const { make, end } = poolsOf(Pool);
let shared: CasePool;

beforeAll(() => {
  shared = make();
});
afterAll(end);

// eslint-disable-next-line jest/expect-expect -- the cases assert by themselves, in any environment
test.each(allCases.map((each) => [`${each.id} ${each.name}`, each] as const))(
  '%s',
  async (_name, { run }) => {
    await run(shared, make);
  },
);
