import { type Capabilities } from '../kernel/capabilities.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type ErrorCode } from '../kernel/gateway-error.js';
import { formatModelId, type ModelId } from '../kernel/model-id.js';

/** The failures after which another provider may answer (contract, section 6). */
const recoverable: ReadonlySet<ErrorCode> = new Set(['cli_failed', 'upstream_error', 'provider_unavailable', 'timeout', 'queue_full']);

/** Whether another provider may answer after this failure; `onRateLimit`: also after the first one's own rate limit. */
export function isRecoverable(code: ErrorCode, onRateLimit: boolean): boolean {
  return recoverable.has(code) || (onRateLimit && code === 'provider_rate_limited');
}

/** Who may stand in for a provider. */
export interface Candidate {
  readonly id: string;
  readonly kind: 'cli' | 'api';
  readonly defaultModel: string;
  readonly capabilities: Capabilities;
}

export interface Alternates<C extends Candidate> {
  readonly failed: ModelId;
  readonly code: ErrorCode;
  /** The alias's own list behind the target; undefined where no alias led there. */
  readonly next: readonly ModelId[] | undefined;
  /** Provider ids, in order. */
  readonly chain: readonly string[];
  readonly get: (id: string) => C | undefined;
  /** Switched on, not known to be down, and the client may use it. */
  readonly mayServe: (candidate: C, id: ModelId) => boolean;
  readonly request: CompletionRequest;
}

/**
 * The one who may try next: the first usable behind the failed one in the alias's own list, else in the chain, where those that cannot do what the request
 * needs are skipped. Pure. A provider outside the chain is followed by the chain's beginning.
 */
export function alternateFor<C extends Candidate>({ failed, code, next, chain, get, mayServe, request }: Alternates<C>): ModelId | undefined {
  const targets = next ?? chain.slice(chain.indexOf(failed.provider) + 1).map((provider) => ({ provider, model: get(provider)?.defaultModel ?? '' }));
  return targets.find((id) => {
    const candidate = get(id.provider);
    // A full queue is all CLIs' queue, and the demo answers only who asks for it.
    if (!candidate || id.model === '' || formatModelId(id) === formatModelId(failed) || id.provider === 'demo') return false;
    return (code !== 'queue_full' || candidate.kind === 'api') && canServe(candidate.capabilities, request) && mayServe(candidate, id);
  });
}

/** Whether a provider has what a request needs. */
export function canServe(capabilities: Capabilities, { tools, toolChoice, responseFormat, messages, apiOnlyParameters }: CompletionRequest): boolean {
  // Events cannot carry `n` answers or log probabilities, whoever makes them.
  if (apiOnlyParameters.length > 0) return false;
  if (tools.length > 0 && toolChoice !== 'none' && capabilities.tools === 'none') return false;
  if (responseFormat.type !== 'text' && capabilities.json_schema === 'none') return false;
  const parts = messages.flatMap((message) => (message.role === 'assistant' ? [] : message.content));
  return parts.every(({ type }) => type === 'text' || (type === 'file' ? capabilities.files : capabilities.images) !== 'none');
}
