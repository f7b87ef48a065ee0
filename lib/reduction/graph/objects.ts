import { types } from 'node:util';
import { inspect } from '../functions/inspector';
import { extend } from '../functions/references';
import { isExports, visitExports } from '../functions/modules';
import { stateOf } from './borders';
import { makeOf } from './content';
import { declare } from './declare';
import { entityOf, newEntity } from './heap';
import { CellKind, isObject, Make, Tag, type Form } from './forms';
import { refuse, step, type Trail } from './trail';
import { bytesGuard } from './guards';
import { lengthOf, viewName, type Reduced } from './local';
import { refuseInstance } from './instances';
import { reduced } from './reduced';
import { refuseSpecial } from './refusals';
import type { Walk } from './walk';

/** Objects that live in the heap: each one exists once in every worker. */
export function visitObject(walk: Walk, value: object, trail: Trail | null): Form {
  if (types.isProxy(value)) return visitProxy(walk, value, trail);
  if (isExports(value)) return visitExports(walk, value, null, trail);
  // Before it is asked how it travels: the prototype of a subclass is no instance of the class above.
  const owner = ownerOfPrototype(value);
  if (owner !== null) return prototypeForm(walk, owner, trail);
  const instead = reduced(value, walk.sharesMemory);
  if (instead !== null) return visitReduced(walk, value, instead, trail);
  refuseSpecial(value, trail, walk.sharesMemory);
  refuseInstance(value, trail);
  if (ArrayBuffer.isView(value)) return visitView(walk, value, trail);
  if (types.isSharedArrayBuffer(value)) return visitShared(walk, value);
  const entity = declare(value, () =>
    types.isArrayBuffer(value) ? [Make.Bytes, value.byteLength] : makeOf(value),
  );
  walk.entities.add(entity);
  if (types.isWeakMap(value) || types.isWeakSet(value)) walk.weak.push({ value, entity });
  else if (types.isArrayBuffer(value)) {
    const bytes = new Uint8Array(value.slice(0));
    walk.set(entity, CellKind.Content, '', ['@', 0], [bytes]);
    walk.guards.push(bytesGuard(value, bytes));
  } else walk.later(() => walk.setContent(value, entity, trail));
  return [Tag.Entity, entity.uid];
}

/** An object of a registered class is made again from its state, which is a message in itself. */
function visitReduced(walk: Walk, value: object, { rebuild, state }: Reduced, trail: Trail | null): Form {
  const rebuildForm = walk.form(rebuild, step(trail, '<rebuild>'));
  const graph = stateOf(walk);
  const root = graph.form(state, step(trail, '<reduced>'));
  graph.run();
  const entity = declare(value, () => {
    const blocks = graph.blocks.map((block) => Buffer.from(block).toString('base64'));
    return [Make.Rebuilt, rebuildForm, graph.text(root), blocks];
  });
  walk.entities.add(entity);
  return [Tag.Entity, entity.uid];
}

function visitShared(walk: Walk, memory: SharedArrayBuffer): Form {
  const entity = entityOf(memory) ?? newEntity(memory);
  entity.memory = memory;
  walk.entities.add(entity);
  return [Tag.Entity, entity.uid];
}

/** A view and the buffer below it; of node's pooled buffers only the bytes in view. */
function visitView(walk: Walk, view: ArrayBufferView, trail: Trail | null): Form {
  const name = viewName(view);
  const isPart = Buffer.isBuffer(view) && view.byteLength !== view.buffer.byteLength;
  const isPooled = isPart && !types.isSharedArrayBuffer(view.buffer);
  if (isPooled) {
    const entity = declare(view, () => [Make.View, name, null, 0, view.byteLength]);
    walk.entities.add(entity);
    const bytes = new Uint8Array(view);
    walk.set(entity, CellKind.Content, '', ['@', 0], [bytes]);
    walk.guards.push(() => Buffer.compare(view, bytes) === 0);
    return [Tag.Entity, entity.uid];
  }
  const buffer = walk.form(view.buffer, step(trail, '.buffer'));
  const entity = declare(view, () => [Make.View, name, buffer, view.byteOffset, lengthOf(view)]);
  walk.entities.add(entity);
  return [Tag.Entity, entity.uid];
}

function visitProxy(walk: Walk, proxy: object, trail: Trail | null): Form {
  const { Target: target, Handler: handler } = inspect(proxy).internal;
  if (!isObject(handler)) refuse('a revoked Proxy cannot be sent', trail);
  const targetForm = walk.form(target, step(trail, '[[Target]]'));
  const handlerForm = walk.form(handler, step(trail, '[[Handler]]'));
  const entity = declare(proxy, () => [Make.Proxy, targetForm, handlerForm]);
  walk.entities.add(entity);
  return [Tag.Entity, entity.uid];
}

/** The function whose `prototype` this is. */
export function ownerOfPrototype(value: object): Function | null {
  const constructor: unknown = Object.getOwnPropertyDescriptor(value, 'constructor')?.value;
  if (typeof constructor !== 'function') return null;
  return Object.getOwnPropertyDescriptor(constructor, 'prototype')?.value === value ? constructor : null;
}

export function prototypeForm(walk: Walk, owner: Function, trail: Trail | null): Form {
  const form = walk.form(owner, trail);
  const reference = extend(form, 'prototype');
  if (reference !== null) return reference;
  return [Tag.PrototypeOf, (form as readonly [string, number])[1]];
}
