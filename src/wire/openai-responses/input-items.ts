import { isAbsent, type JsonObject } from '../value-reader.js';

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

/** One page of items, as OpenAI lists them. */
export function itemList(items: readonly unknown[], { limit, order, after }: Page): object {
  const ordered = order === 'asc' ? items : items.toReversed();
  const from = after === undefined ? 0 : ordered.findIndex((item) => idOf(item) === after) + 1;
  const data = ordered.slice(from, from + limit);
  return { object: 'list', data, first_id: idOf(data[0]), last_id: idOf(data.at(-1)), has_more: from + limit < ordered.length };
}

function idOf(item: unknown): string | null {
  return (item as { id?: string } | undefined)?.id ?? null;
}
