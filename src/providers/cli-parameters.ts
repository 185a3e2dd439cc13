import { type CompletionRequest } from '../kernel/completion-request.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { type Warning } from '../kernel/stream-event.js';

/** @throws GatewayError `unsupported_parameter`, naming it, for what a CLI cannot do */
export function refuseUnsupported(program: string, { apiOnlyParameters: [parameter] }: CompletionRequest): void {
  if (parameter !== undefined) throw new GatewayError('unsupported_parameter', `${program} does not support "${parameter}".`, { param: parameter });
}

/** The sampling parameters of a request, none of which a CLI can set: it ignores them and says so. */
export function ignoredParameters({ samplingParameters }: CompletionRequest): Warning[] {
  return samplingParameters.map((parameter) => ({ type: 'ignored-parameter', parameter }));
}
