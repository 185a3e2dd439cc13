import { type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type FunctionCall } from '../../tool-bridge/tool-session.js';

/** The client's functions are tools of this server. */
export const SERVER = 'client';

/** The argument that the CLI adds to every function that it shows the model. It does not take it off a call again. */
const OWN_ARGUMENT = 'wait_for_previous';
/** The longest name that the CLI leaves as it is. */
const MAX_NAME = 63;

type Fields = Readonly<Record<string, unknown>>;

/** A function's name as the model knows it. */
export function modelNameOf(name: string): string {
  const whole = `mcp_${SERVER}_${name}`;
  return whole.length > MAX_NAME ? `${whole.slice(0, 30)}...${whole.slice(-30)}` : whole;
}

/** The CLI would lose one of two functions whose names it shortens to the same. @throws GatewayError that names both */
export function refuseSameNames(tools: readonly FunctionTool[]): void {
  const names = new Map<string, string>();
  for (const { name } of tools) {
    const other = names.get(modelNameOf(name));
    if (other !== undefined)
      throw new GatewayError('invalid_parameter', `Gemini CLI cannot tell the functions "${other}" and "${name}" apart: it shortens long names.`, { param: 'tools' });
    names.set(modelNameOf(name), name);
  }
}

/** The functions for the CLI: with its own argument among their parameters, since it checks a call against what it was given before it shows it to anybody. */
export function declared(tools: readonly FunctionTool[]): readonly FunctionTool[] {
  return tools.map((tool) => ({ ...tool, parameters: { ...tool.parameters, properties: { ...propertiesOf(tool), [OWN_ARGUMENT]: propertiesOf(tool)[OWN_ARGUMENT] ?? {} } } }));
}

/** The arguments of a call as the model meant them. @param tools the client's, as they are */
export function argumentsOf({ name, json }: FunctionCall, tools: readonly FunctionTool[]): string {
  const tool = tools.find((each) => each.name === name);
  const { [OWN_ARGUMENT]: own, ...rest } = JSON.parse(json) as Fields;
  return own === undefined || (tool && OWN_ARGUMENT in propertiesOf(tool)) ? json : JSON.stringify(rest);
}

function propertiesOf({ parameters }: FunctionTool): Fields {
  const properties = parameters?.['properties'];
  return typeof properties === 'object' && properties !== null ? (properties as Fields) : {};
}
