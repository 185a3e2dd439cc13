import { Injectable } from '@nestjs/common';
import { abortOnClientGone } from './client-gone.js';
import { CompletionReply } from './completion-reply.js';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { credentialOf, routeHintsOf, sessionHeaderOf } from './route-headers.js';
import { CompletionService } from '../completion/completion.service.js';
import { ServerSettings } from '../config/server-settings.js';
import { type WireFormat } from '../kernel/answer.js';
import { Flow } from '../kernel/flow.js';
import { GatewayError } from '../kernel/gateway-error.js';
import { encodeError } from '../wire/openai-chat/encode-error.js';
import { encodeFrame } from '../wire/sse/frame.js';

export interface PassOnOptions {
  readonly format: WireFormat;
  readonly stream: boolean;
  /** What the endpoint does, for those who cannot do it: `embeddings`. */
  readonly what: string;
  /** What to use there instead. */
  readonly instead: string;
}

/** Answers an endpoint whose requests go to an API vendor as they are, and to nobody else. */
@Injectable()
export class PassOn {
  constructor(
    private readonly completions: CompletionService,
    private readonly settings: ServerSettings,
  ) {}

  async send(body: { readonly model: string; readonly provider?: string | null }, request: GatewayRequest, reply: GatewayReply, options: PassOnOptions): Promise<void> {
    const { format, stream, what, instead } = options;
    const { headers, client } = request;
    const impossible = (): never => {
      throw new GatewayError('unsupported_operation', `Only API providers make ${what}, and "${body.model.slice(0, 80)}" leads to none. ${instead}`, { param: 'model' });
    };
    const hints = routeHintsOf(headers, body);
    if (hints.session !== undefined)
      throw new GatewayError('unsupported_operation', `There are no sessions for ${what}, and a header asks for one.`, { param: sessionHeaderOf(headers) });
    const flow = new Flow();
    const abort = abortOnClientGone(request, reply);
    const served = await this.completions.run({
      ...hints,
      client,
      format,
      body: body,
      decode: impossible,
      fallback: false,
      credential: credentialOf(headers),
      stream,
      abort,
      flow,
    });
    const failure = (error: GatewayError): string => encodeFrame({ data: JSON.stringify(encodeError(error)) });
    await new CompletionReply(
      reply,
      served,
      { stream, frames: impossible, body: impossible, failure },
      { flow, signal: abort.signal, stallMs: this.settings.requestTimeoutMs },
    ).send();
  }
}
