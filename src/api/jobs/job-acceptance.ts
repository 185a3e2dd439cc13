import { Injectable } from '@nestjs/common';
import { type Operation } from '../../completion/operation.js';
import { credentialOf, routeHintsOf } from '../../completion/route-hints.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { Jobs } from '../../runs/jobs/jobs.js';

interface CallbackBody {
  readonly model?: string | null;
  readonly provider?: string | null;
  readonly stream?: unknown;
  readonly callback_url?: unknown;
}

/** Takes on what is sent with a `callback_url`, in the place of an answer: 202 with the job. */
@Injectable()
export class JobAcceptance {
  constructor(private readonly jobs: Jobs) {}

  /** @param dto its envelope is checked */
  async accept({ endpoint }: Pick<Operation, 'endpoint'>, dto: CallbackBody, request: GatewayRequest, reply: GatewayReply): Promise<void> {
    const { headers, client } = request;
    const { route, session, sessionHeader } = routeHintsOf(headers, dto);
    if (dto.stream === true) refuse('stream', 'A job is told whole: leave "stream" out, or "callback_url".');
    // What Claude mode alone would begin is a session for nobody.
    if (session !== undefined && sessionHeader !== undefined && sessionHeader !== 'X-Claude-Code') refuse(sessionHeader, `A job has no session: leave ${sessionHeader} out.`);
    if (credentialOf(headers) !== undefined) refuse('X-OpenAI-API-Key', "A job runs later, and a client's own key is not kept: leave X-OpenAI-API-Key out.");
    const { callback_url: callbackUrl, ...body } = dto;
    void reply.status(202).send(await this.jobs.accept({ endpoint, body, route }, callbackUrl, client));
  }
}

function refuse(param: string, message: string): never {
  throw new GatewayError('unsupported_parameter', message, { param });
}
