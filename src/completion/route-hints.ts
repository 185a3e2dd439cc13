import { type IncomingHttpHeaders } from 'node:http';
import { type CompletionCall } from './completion-call.js';
import { GatewayError } from '../kernel/gateway-error.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What a request says of where it is to run, and in which session. */
export interface RouteHints extends Pick<CompletionCall, 'route' | 'session'> {
  /** The header that asks for the session. */
  readonly sessionHeader: string | undefined;
}

/**
 * What the headers and the body say of where a completion is to run (contract, section 2, steps 1 and 2, and sessions in section 4).
 *
 * @throws GatewayError `invalid_header_value`
 */
export function routeHintsOf(headers: IncomingHttpHeaders, { model, provider }: { readonly model?: string | null; readonly provider?: string | null }): RouteHints {
  const claudeSwitch = switchOf('X-Claude-Code', headers['x-claude-code']);
  const claudeSession = sessionOf('X-Claude-Session-ID', headers['x-claude-session-id']);
  const session = sessionOf('X-SheLLM-Session-ID', headers['x-shellm-session-id']);
  if (claudeSession !== undefined && session !== undefined && claudeSession !== session) {
    throw new GatewayError('invalid_header_value', 'X-Claude-Session-ID and X-SheLLM-Session-ID name two sessions.', { param: 'X-SheLLM-Session-ID' });
  }
  const route = {
    model: model ?? undefined,
    claudeMode: claudeSwitch ?? claudeSession !== undefined,
    headerProvider: valueOf('X-SheLLM-Provider', headers['x-shellm-provider']),
    bodyProvider: provider ?? undefined,
  };
  if (session !== undefined) return { route, session, sessionHeader: 'X-SheLLM-Session-ID' };
  if (claudeSession !== undefined) return { route, session: claudeSession, sessionHeader: 'X-Claude-Session-ID' };
  // Claude mode without an id begins a session.
  return claudeSwitch === true ? { route, session: 'new', sessionHeader: 'X-Claude-Code' } : { route, session: undefined, sessionHeader: undefined };
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

function sessionOf(name: string, value: string | string[] | undefined): string | undefined {
  const id = valueOf(name, value)?.toLowerCase();
  if (id === undefined || id === 'new' || UUID.test(id)) return id;
  throw new GatewayError('invalid_header_value', `${name} must be a UUID or "new".`, { param: name });
}

function valueOf(name: string, value: string | string[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && value.trim() !== '') return value.trim();
  throw new GatewayError('invalid_header_value', `${name} must have one value.`, { param: name });
}
