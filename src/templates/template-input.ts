import { placeholdersIn } from './placeholders.js';
import { type TemplateDefinition } from './template.js';
import { clip } from '../wire/clip.js';
import { parameterError } from '../wire/openai-chat/parameter-error.js';
import { readOptionalString, readString } from '../wire/openai-chat/read-value.js';
import { type JsonObject } from '../wire/value-reader.js';

/** Of the template and of the system text, each. Bytes. */
const MAX_TEXT = 256 * 1024;
const MAX_DESCRIPTION = 1024;
const MAX_VARIABLES = 100;
const fields: readonly string[] = ['template', 'system', 'description'];
const NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** The body of `PUT /templates/{name}`. @throws GatewayError `invalid_parameter` that names the field */
export function parseTemplate(body: JsonObject): TemplateDefinition {
  const unknown = Object.keys(body).find((field) => !fields.includes(field));
  if (unknown !== undefined) throw parameterError.invalid(clip(unknown), `it is not known; there is ${fields.join(', ')}.`);
  const template = bounded('template', readString(body['template'], 'template'));
  if (template.trim() === '') throw parameterError.invalid('template', 'empty string. Expected a text.');
  const system = readOptionalString(body['system'], 'system');
  const description = readOptionalString(body['description'], 'description');
  if (system !== undefined) bounded('system', system);
  if (description !== undefined && description.length > MAX_DESCRIPTION) throw parameterError.invalid('description', `it has more than ${MAX_DESCRIPTION} characters.`);
  const variables = [...new Set([...placeholdersIn(template), ...placeholdersIn(system ?? '')])];
  if (variables.length > MAX_VARIABLES) throw parameterError.invalid('template', `it has more than ${MAX_VARIABLES} variables.`);
  return { template, system, description, variables };
}

export function isTemplateName(name: string): boolean {
  return NAME.test(name);
}

/** @throws GatewayError `invalid_parameter` */
export function checkTemplateName(name: string, param = 'name'): void {
  if (!isTemplateName(name)) throw parameterError.invalid(param, 'a template has a name of 1 to 64 letters, digits, dots, underscores and hyphens (of ASCII).');
}

function bounded(param: string, text: string): string {
  if (Buffer.byteLength(text) > MAX_TEXT) throw parameterError.invalid(param, `it is longer than ${MAX_TEXT} bytes.`);
  return text;
}
