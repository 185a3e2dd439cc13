import { GatewayError } from '../../kernel/gateway-error.js';
import { type FinishReason } from '../../kernel/stream-event.js';

export type DemoLine =
  | { readonly type: 'delta'; readonly text: string }
  | { readonly type: 'call'; readonly name: string; readonly json: string }
  | { readonly type: 'done'; readonly reason: FinishReason; readonly input_tokens: number; readonly output_tokens: number };

/** Reads one line of the demo agent. @throws GatewayError `cli_failed` for a failure it reports and for a line that is none of its own */
export function decodeLine(line: string): DemoLine {
  let value: { readonly type?: unknown; readonly message?: unknown } | null;
  try {
    value = JSON.parse(line) as typeof value;
  } catch (cause) {
    throw new GatewayError('cli_failed', 'The demo agent answered with something that is not its protocol.', { cause });
  }
  if (value?.type === 'delta' || value?.type === 'call' || value?.type === 'done') return value as DemoLine;
  throw new GatewayError('cli_failed', typeof value?.message === 'string' ? value.message : 'The demo agent failed.', { shouldRetry: false });
}
