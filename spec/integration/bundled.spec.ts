import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { installed } from '../support/installed';
import { inDirectory, killAll, run, testOnLinux } from '../support/processes';

/** Without the files that workers load: what real bundlers make is tried by `npm run test:packages`. */
afterEach(killAll);

testOnLinux(
  'whatever needs the files of the package says that it cannot be bundled, and opens none',
  async () => {
    await inDirectory(async (directory) => {
      const script = installed(directory, [], 'bundled.cjs');
      rmSync(join(directory, 'node_modules/multiprocessing-ts/dist/workers'), { recursive: true });
      const { code, stdout, stderr } = await run(script, { cwd: directory });
      const said = 'RuntimeError: multiprocessing-ts cannot be part of a bundle';
      const all = ['Pool', 'ThreadPool', 'Process', 'Lock', 'sync']
        .map((name) => `${name}: ${said}\n`)
        .join('');
      expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${all}0\n`, stderr: '' });
    });
  },
);
