import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** Those of the processes of this machine that have the shared file of a family open or mapped. */
export function holders(inode: number): string[] {
  const has = (pid: string): boolean => {
    try {
      if (readFileSync(`/proc/${pid}/maps`, 'latin1').includes(` ${inode} `)) return true;
      return readdirSync(`/proc/${pid}/fd`).some((fd) => {
        const path = `/proc/${pid}/fd/${fd}`;
        return readlinkSync(path).includes('multiprocessing-ts') && statSync(path).ino === inode;
      });
    } catch {
      return false;
    }
  };
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && has(entry));
}
