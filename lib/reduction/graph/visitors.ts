import { types } from 'node:util';
import { visitExports } from '../functions/modules';
import { isOfUser } from '../functions/record';
import { referenceTo } from '../functions/references';
import { visitFunction } from '../functions/visit';
import { ownerOfPrototype, prototypeForm, visitObject } from './objects';
import { useVisitors } from './walk';

/** A walk goes to functions, these to objects, these on with the walk: here the circle is closed. */
useVisitors({
  reference: (thing) => referenceTo(thing, isOfUser),
  function: visitFunction,
  object: visitObject,
  outside(walk, object, trail) {
    if (types.isProxy(object)) return null;
    const owner = ownerOfPrototype(object);
    if (owner !== null) return prototypeForm(walk, owner, trail);
    return types.isModuleNamespaceObject(object) ? visitExports(walk, object, null, trail) : null;
  },
});
