import { type GeminiConnection } from './gemini-connection.js';
import { NAME } from './launch.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { type Lease } from '../../process-pool/shared-process.js';

/** A process that did not ask for the functions while it opened a session, as it always does: one call of a function that it does not have can leave it so, in every chat to come. */
export class DeafProcess extends GatewayError {
  constructor() {
    super('cli_failed', `${NAME} did not ask for the functions of the request.`);
  }
}

/** It gets no further chats. */
export function deaf(lease: Lease<GeminiConnection>): DeafProcess {
  lease.condemn();
  return new DeafProcess();
}
