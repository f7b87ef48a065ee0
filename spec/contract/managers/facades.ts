/* eslint-disable jest/no-export -- the promises are in the spec files, which hand them to `overFacades` */
import * as promises from 'multiprocessing-ts/managers';
import * as blocking from 'multiprocessing-ts/sync/managers';
import { BOTH, type Facade } from '../support';

/*
 * A value can be awaited as well as a promise of it: so the same specs are run with the classes of both facades, as
 * long as they wait for one thing after the other, and catch what is thrown at once. What waits for what comes later
 * from the same thread stays with promises; `excOf` catches both.
 */

/** The names of `multiprocessing-ts/managers`, of a facade. */
export const managersOf = (facade: Facade): typeof promises =>
  facade === 'async' ? promises : (blocking as unknown as typeof promises);

/** The same promises for both facades. */
export function overFacades(body: (managers: typeof promises, facade: Facade) => void): void {
  describe.each(BOTH)('(%s)', (facade) => {
    body(managersOf(facade), facade);
  });
}
