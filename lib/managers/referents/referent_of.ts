import { BaseProxy } from '../base_proxy';
import type { Home } from '../home';

/** What can give the content of a shared object in a plain value. */
interface Content {
  __getvalue__(): unknown;
}

/** As much of the home of a server's own proxies. */
interface Inside {
  objectOf?(id: string): unknown;
}

/** What a proxy stands for, where that is in this very server; anything else as it is. */
export function referentOf(value: unknown): unknown {
  if (!(value instanceof BaseProxy)) return value;
  const home = value._home as Home & Inside;
  return home.objectOf === undefined ? value : home.objectOf(value._id);
}

const hasContent = (value: unknown): value is Content =>
  typeof (value as Partial<Content> | null | undefined)?.__getvalue__ === 'function';

/** A value in whose place a proxy may stand: its content then. Of another server's it has to be waited for. */
export function withContent<R>(value: unknown, use: (content: unknown) => R): R | Promise<R> {
  const object = referentOf(value);
  if (object instanceof BaseProxy) return object._calling('#GETVALUE').promise().then(use);
  return use(hasContent(object) ? object.__getvalue__() : object);
}
