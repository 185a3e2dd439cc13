import { isAbsent, type JsonObject } from '../value-reader.js';
import { GatewayError } from '../../kernel/gateway-error.js';

/**
 * The input as items that can be asked for: each with an id of its own, its content as parts.
 *
 * @param input a text, or items that have been decoded
 * @param digits of the response that they are the input of
 */
export function inputItems(input: unknown, digits: string): readonly JsonObject[] {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : (input as readonly JsonObject[]);
  return items.map((item, index) => ({ id: `item_${digits}${index}`, ...whole(item) }));
}

function whole(item: JsonObject): JsonObject {
  if (!isAbsent(item['type']) && item['type'] !== 'message') return item;
  const { role, content, ...rest } = item;
  const text = role === 'assistant' ? { type: 'output_text', text: content, annotations: [] } : { type: 'input_text', text: content };
  return { ...rest, type: 'message', role, status: 'completed', content: typeof content === 'string' ? [text] : content };
}

/** What part of a list is asked for. */
export interface Page {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  /** The item behind which it begins. */
  readonly after?: string | undefined;
}

/** One page of items, as OpenAI lists them. @throws GatewayError where there is no such item to begin behind */
export function itemList(items: readonly unknown[], { limit, order, after }: Page): object {
  const ordered = order === 'asc' ? items : items.toReversed();
  const last = after === undefined ? -1 : ordered.findIndex((item) => idOf(item) === after);
  if (after !== undefined && last < 0) throw new GatewayError('invalid_parameter', `There is no input item '${after.slice(0, 80)}'.`, { param: 'after' });
  const from = last + 1;
  const data = ordered.slice(from, from + limit);
  return { object: 'list', data, first_id: idOf(data[0]), last_id: idOf(data.at(-1)), has_more: from + limit < ordered.length };
}

function idOf(item: unknown): string | null {
  return (item as { id?: string } | undefined)?.id ?? null;
}
