import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of OpenAI's published OpenAPI document that the gateway's answers have to keep to. */
const { schemas } = JSON.parse(readFileSync(join(import.meta.dirname, 'schema/openai.json'), 'utf8')) as { readonly schemas: Readonly<Record<string, object>> };

const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: false });
ajv.addSchema({ $id: 'openai', components: { schemas } });

/** What is wrong with a value by OpenAI's schema of that name; undefined where nothing is. */
export function schemaFault(name: string, value: unknown): string | undefined {
  const validate = ajv.getSchema(`openai#/components/schemas/${name}`);
  if (!validate) throw new Error(`OpenAI has no schema ${name}`);
  if (validate(JSON.parse(JSON.stringify(value)))) return undefined;
  return ajv.errorsText(validate.errors?.slice(-6));
}

/** What is wrong with an event of a response's stream, by the schema of its type. */
export function eventFault(event: { readonly type: string }): string | undefined {
  const [name] = Object.entries(schemas).find(([, schema]) => isOf(schema, event.type)) ?? [];
  return name === undefined ? `OpenAI has no event ${event.type}` : schemaFault(name, event);
}

function isOf(schema: object, type: string): boolean {
  const { properties } = schema as { readonly properties?: { readonly type?: { readonly enum?: readonly unknown[] }; readonly sequence_number?: unknown } };
  return properties?.sequence_number !== undefined && properties.type?.enum?.[0] === type;
}
