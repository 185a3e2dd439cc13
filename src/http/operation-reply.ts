import { Injectable } from '@nestjs/common';
import { abortOnClientGone } from './client-gone.js';
import { CompletionReply } from './completion-reply.js';
import { failedBefore } from './failed-before.js';
import { type GatewayReply, type GatewayRequest } from './gateway-request.js';
import { CompletionService } from '../completion/completion.service.js';
import { type Operation } from '../completion/operation.js';
import { credentialOf, routeHintsOf } from '../completion/route-hints.js';
import { ServerSettings } from '../config/server-settings.js';
import { Flow } from '../kernel/flow.js';

/** What of a body leads to a provider. */
interface RoutedBody {
  readonly model?: string | null;
  readonly provider?: string | null;
}

/** Answers a request for an operation whose client waits. */
@Injectable()
export class OperationReply {
  constructor(
    private readonly completions: CompletionService,
    private readonly settings: ServerSettings,
  ) {}

  /** @param sent its envelope is checked */
  async send<Body extends RoutedBody>(operation: Operation<Body>, sent: Body, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    const { headers, client } = request;
    const flow = new Flow();
    const abort = abortOnClientGone(request, reply);
    const expanding = operation.expand?.(sent, client);
    const body = expanding ? await expanding : sent;
    const { call, answer } = operation.prepare(body, { hints: routeHintsOf(headers, body), requestId: request.id });
    const served = await this.completions.run({ ...call, client, credential: credentialOf(headers), failed: failedBefore(request.raw), abort, flow });
    await new CompletionReply(reply, served, answer(served.outcome), { flow, signal: abort.signal, stallMs: this.settings.requestTimeoutMs }).send();
  }
}
