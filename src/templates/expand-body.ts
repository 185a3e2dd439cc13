import { type RenderedTemplate } from './template.js';
import { fieldsOf, listOf } from '../kernel/read-value.js';
import { parameterError } from '../wire/openai-chat/parameter-error.js';
import { isAbsent, type JsonObject } from '../wire/value-reader.js';

/** Whether a body asks for a template. */
export function asksForTemplate({ template, variables }: { readonly template?: unknown; readonly variables?: unknown }): boolean {
  return !isAbsent(template) || !isAbsent(variables);
}

/** Takes a template's name out of a body. @throws GatewayError `invalid_parameter` */
export function templateNameOf({ template }: JsonObject): string {
  if (isAbsent(template)) throw parameterError.invalid('variables', "they go with a 'template', and there is none.");
  if (typeof template !== 'string') throw parameterError.wrongType('template', 'a string', template);
  return template;
}

/** A simple completion with a template in the place of its prompt. A system text of its own comes before the template's. @throws GatewayError `invalid_parameter` */
export function withPrompt(body: JsonObject, { text, system }: RenderedTemplate): JsonObject {
  if (!isAbsent(body['prompt'])) throw parameterError.invalid('prompt', "send a 'prompt' or a 'template', not both.");
  return { ...body, ...done, prompt: text, ...(isAbsent(body['system']) && system !== undefined ? { system } : {}) };
}

/** A chat completion with a template as its last message. A system text of its own comes before the template's. */
export function withLastMessage(body: JsonObject, { text, system }: RenderedTemplate): JsonObject {
  const sent = listOf(body['messages']);
  const isOwn = system === undefined || sent.some((message) => isSystem(fieldsOf(message)['role']));
  return { ...body, ...done, messages: [...(isOwn ? [] : [{ role: 'system', content: system }]), ...sent, { role: 'user', content: text }] };
}

/** What is left of a template in a body that it was put into. */
const done = { template: undefined, variables: undefined };

function isSystem(role: unknown): boolean {
  return role === 'system' || role === 'developer';
}
