import { GatewayError } from '../../kernel/gateway-error.js';
import { countOf, type Fields, fieldsOf, textOf } from '../../kernel/read-value.js';
import { type FinishReason } from '../../kernel/stream-event.js';

const reasons: readonly FinishReason[] = ['stop', 'length', 'tool-calls', 'content-filter'];

export type DemoLine =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'call'; readonly name: string; readonly json: string }
  | { readonly type: 'done'; readonly reason: FinishReason; readonly input_tokens: number; readonly output_tokens: number };

/** Reads one line of the demo agent. @throws GatewayError `cli_failed` for a failure it reports and for a line that is none of its own */
export function decodeLine(line: string): DemoLine {
  const { type, text, name, json, message, ...end } = fieldsOf(parse(line));
  if (type === 'delta' && typeof text === 'string') return { type, text };
  if (type === 'call' && typeof name === 'string' && typeof json === 'string') return { type, name, json };
  if (type === 'done') return readEnd(end);
  throw new GatewayError('cli_failed', textOf(message) ?? 'The demo agent failed.', { shouldRetry: false });
}

function readEnd({ reason, input_tokens: input, output_tokens: output }: Fields): DemoLine {
  return { type: 'done', reason: reasons.find((each) => each === reason) ?? 'stop', input_tokens: countOf(input) ?? 0, output_tokens: countOf(output) ?? 0 };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new GatewayError('cli_failed', 'The demo agent answered with something that is not its protocol.', { cause });
  }
}
