import { placeOf } from './output-items.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { GatewayError } from '../../kernel/gateway-error.js';

/** What an item of the input refers to, by the id of an item of an earlier answer; undefined for any other. */
function referenceOf(item: unknown): string | undefined {
  const { type, id, role } = (item ?? {}) as JsonObject;
  const refers = type === 'item_reference' || (isAbsent(type) && isAbsent(role));
  return refers && typeof id === 'string' ? id : undefined;
}

/** The answers that the input refers to items of. @throws GatewayError `not_found` for an item that can be none of ours */
export function answersReferredTo(input: unknown): ReadonlySet<string> {
  const items: readonly unknown[] = Array.isArray(input) ? input : [];
  return new Set(
    items.flatMap((item, index) => {
      const id = referenceOf(item);
      return id === undefined ? [] : [(placeOf(id) ?? missing(id, index)).response];
    }),
  );
}

/** The input with the items in the place of what refers to them. @param outputs of those answers @throws GatewayError `not_found` */
export function withItems(input: readonly unknown[], outputs: ReadonlyMap<string, readonly unknown[]>): readonly unknown[] {
  return input.map((item, index) => {
    const id = referenceOf(item);
    if (id === undefined) return item;
    const place = placeOf(id);
    const found = place && outputs.get(place.response)?.[place.index];
    return found === undefined || (found as JsonObject)['id'] !== id ? missing(id, index) : found;
  });
}

function missing(id: string, index: number): never {
  throw new GatewayError('not_found', `Item with id '${id.slice(0, 80)}' not found.`, { param: `input[${index}].id` });
}
