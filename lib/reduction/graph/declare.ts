import { Define, type Form } from './forms';
import { entityOf, newEntity, type Entity } from './heap';

/** The entity of an object, defined at its first visit. */
export function declare(value: object, make: () => Form, kind: string = Define.Object): Entity {
  let entity = entityOf(value);
  if (entity === undefined) {
    const form = make();
    entity = newEntity(value);
    entity.definition = JSON.stringify([kind, entity.uid, form]);
  }
  return entity;
}
