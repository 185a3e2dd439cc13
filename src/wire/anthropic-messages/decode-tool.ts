import { readObject, readOptionalBoolean, readOptionalString, readString } from './read-value.js';
import { requestError } from './request-error.js';
import { type FunctionTool } from '../../kernel/completion-request.js';

/** One tool at `path`: a client's own, or the type of one that is none. @throws GatewayError */
export function decodeTool(value: unknown, path: string): FunctionTool | string {
  const sent = readObject(value, path);
  const type = readOptionalString(sent['type'], `${path}.type`) ?? 'custom';
  if (type !== 'custom') return type;
  const name = readString(sent['name'], `${path}.name`);
  if (!NAME.test(name)) throw requestError.invalid(`${path}.name`, `String should match pattern '${NAME.source}'`);
  const description = readOptionalString(sent['description'], `${path}.description`);
  const strict = readOptionalBoolean(sent['strict'], `${path}.strict`);
  return {
    name,
    ...(description === undefined ? {} : { description }),
    parameters: readObject(sent['input_schema'], `${path}.input_schema`),
    ...(strict === undefined ? {} : { strict }),
  };
}

const NAME = /^[a-zA-Z0-9_-]{1,128}$/;
