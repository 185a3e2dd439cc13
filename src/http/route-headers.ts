import { type IncomingHttpHeaders } from 'node:http';
import { type CompletionCall } from '../completion/completion-call.js';
import { GatewayError } from '../kernel/gateway-error.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * What the headers and the body say of where a completion is to run (contract, section 2, steps 1 and 2).
 *
 * @throws GatewayError `invalid_header_value`, or `session_not_found` for a session that is not there
 */
export function routeHintsOf(headers: IncomingHttpHeaders, { model, provider }: { readonly model: string; readonly provider?: string | null }): CompletionCall['route'] {
  const claudeMode = switchOf('X-Claude-Code', headers['x-claude-code']);
  refuseSession('X-Claude-Session-ID', headers['x-claude-session-id']);
  refuseSession('X-SheLLM-Session-ID', headers['x-shellm-session-id']);
  return {
    model,
    claudeMode: claudeMode ?? false,
    headerProvider: valueOf('X-SheLLM-Provider', headers['x-shellm-provider']),
    bodyProvider: provider ?? undefined,
  };
}

/** The client's own OpenAI key, where it sent one. */
export function credentialOf(headers: IncomingHttpHeaders): string | undefined {
  return valueOf('X-OpenAI-API-Key', headers['x-openai-api-key']);
}

function switchOf(name: string, value: string | string[] | undefined): boolean | undefined {
  const text = valueOf(name, value)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text === 'true' || text === '1' || text === 'yes') return true;
  if (text === 'false' || text === '0' || text === 'no') return false;
  throw new GatewayError('invalid_header_value', `${name} must be true or false.`, { param: name });
}

/** No session is kept yet, so that any id is one that is not there. */
function refuseSession(name: string, value: string | string[] | undefined): void {
  const id = valueOf(name, value);
  if (id === undefined) return;
  if (id !== 'new' && !UUID.test(id)) throw new GatewayError('invalid_header_value', `${name} must be a UUID or "new".`, { param: name });
  throw new GatewayError('session_not_found', 'There is no such session.', { param: name });
}

function valueOf(name: string, value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new GatewayError('invalid_header_value', `${name} must have one value.`, { param: name });
}
