import { type Client } from '../auth/client.js';
import { type Answer, type WireFormat } from '../kernel/answer.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type Flow } from '../kernel/flow.js';
import { type ModelId } from '../kernel/model-id.js';
import { type RouteRequest } from './route-model.js';

/** One completion as an endpoint asks for it. */
export interface CompletionCall {
  readonly client: Client;
  readonly format: WireFormat;
  /** The client's body as sent. */
  readonly body: Readonly<Record<string, unknown>>;
  /** The body in the gateway's own words; called only where the bytes cannot be passed on. @throws GatewayError 400 */
  decode(): CompletionRequest;
  readonly route: Omit<RouteRequest, 'credential'>;
  /** The client's own key for the vendor. */
  readonly credential: string | undefined;
  readonly stream: boolean;
  /** Aborted when the client is gone; the completion aborts it on its own timeouts. */
  readonly abort: AbortController;
  readonly flow: Flow;
}

export interface Served {
  /** Who serves it: the provider and the model that runs. */
  readonly id: ModelId;
  /** Settled at once for `events`; at the vendor's response headers for `wire`. Rejects with a GatewayError. */
  readonly answer: Promise<Answer>;
}
