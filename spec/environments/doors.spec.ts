import { allDoors } from './doors/index';

// eslint-disable-next-line jest/expect-expect -- the doors assert by themselves, in any environment
test.each(allDoors.map((each) => [`${each.id} ${each.name}`, each] as const))(
  '%s',
  async (_name, { run }) => {
    await run();
  },
);
