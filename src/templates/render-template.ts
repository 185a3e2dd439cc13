import { fillPlaceholders } from './placeholders.js';
import { type RenderedTemplate, type TemplateDefinition } from './template.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { clip } from '../wire/clip.js';
import { parameterError } from '../wire/openai-chat/parameter-error.js';
import { readObject } from '../wire/openai-chat/read-value.js';
import { isAbsent } from '../wire/value-reader.js';
import { wellFormed } from '../wire/well-formed.js';

/**
 * Puts values into a template. Values that it has no place for are not looked at further: its writer may do without one that callers send.
 *
 * @param variables the values by name, as a client sent them: strings, numbers, booleans
 * @param maxBytes of both texts together, in UTF-8
 * @throws GatewayError `invalid_parameter` for a value that is missing or of another type, `payload_too_large`
 */
export function renderTemplate({ template, system }: Pick<TemplateDefinition, 'template' | 'system'>, variables: unknown, maxBytes: number): RenderedTemplate {
  const values = readValues(variables);
  let room = maxBytes;
  const take = (text: string): string => {
    room -= Buffer.byteLength(text);
    if (room < 0) throw new GatewayError('payload_too_large', `With its values the template is longer than ${maxBytes} bytes.`, { param: 'variables' });
    return text;
  };
  const fill = (text: string): string => {
    take(fillPlaceholders(text, () => ''));
    return fillPlaceholders(text, (name) => {
      const value = values.get(name);
      if (value === undefined) throw new GatewayError('invalid_parameter', `The template has a place for '${name}': give it a value.`, { param: `variables.${name}` });
      return take(value);
    });
  };
  return { text: fill(template), system: system === undefined ? undefined : fill(system) };
}

function readValues(variables: unknown): ReadonlyMap<string, string> {
  if (isAbsent(variables)) return new Map();
  return new Map(Object.entries(readObject(variables, 'variables')).map(([name, value]) => [name, textOf(name, value)]));
}

function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return wellFormed(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw parameterError.wrongType(`variables.${clip(name)}`, 'a string, a number or a boolean', value);
}
