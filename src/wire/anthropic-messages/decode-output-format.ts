import { readObject, readOneOf } from './read-value.js';
import { isAbsent, type JsonObject } from '../value-reader.js';
import { type ResponseFormat } from '../../kernel/completion-request.js';

/** Reads `output_config.format`, or the older `output_format`. @throws GatewayError */
export function decodeOutputFormat(body: JsonObject): ResponseFormat {
  const config = isAbsent(body['output_config']) ? {} : readObject(body['output_config'], 'output_config');
  const [value, path] = isAbsent(config['format']) ? [body['output_format'], 'output_format'] : [config['format'], 'output_config.format'];
  if (isAbsent(value)) return { type: 'text' };
  const format = readObject(value, path);
  readOneOf(format['type'], `${path}.type`, ['json_schema']);
  // Anthropic gives a schema no name, other vendors want one.
  return { type: 'json-schema', name: 'output', schema: readObject(format['schema'], `${path}.schema`) };
}
