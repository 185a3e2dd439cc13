import { fieldsOf, listOf } from '../../kernel/read-value.js';
import { type JsonObject } from '../value-reader.js';

/** Whether a body says what a vendor understands and the gateway's own words have no place for: who of several speaks, and tools of free text as such. */
export function losesInEvents({ messages, tools }: JsonObject): boolean {
  return listOf(messages).some((message) => fieldsOf(message)['name'] !== undefined) || listOf(tools).some((tool) => fieldsOf(tool)['type'] !== 'function');
}
