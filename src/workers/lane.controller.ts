import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { HandOn } from './hand-on.js';
import { ChatCompletionDto } from '../api/chat/chat-completion.dto.js';
import { ChatOperation } from '../api/chat/chat.operation.js';
import { EmbeddingsDto } from '../api/embeddings/embeddings.dto.js';
import { embeddings } from '../api/embeddings/embeddings.operation.js';
import { LegacyCompletionDto } from '../api/legacy-completions/legacy-completion.dto.js';
import { legacyCompletions } from '../api/legacy-completions/legacy-completions.operation.js';
import { HandedOn } from '../completion/handed-on.js';
import { Concurrent, RequiresScope } from '../http/access.decorator.js';
import { EnvelopePipe } from '../http/envelope.pipe.js';
import { type GatewayReply } from '../http/gateway-request.js';
import { OperationReply } from '../http/operation-reply.js';
import { type LaneRequest } from './lane-hooks.js';

/** The endpoints as a worker has them: what gets here is passed on to an API vendor as it is. */
@Controller('v1')
@RequiresScope('completions')
export class LaneController {
  constructor(
    private readonly replies: OperationReply,
    private readonly chat: ChatOperation,
    private readonly handOn: HandOn,
  ) {}

  @Post('chat/completions')
  @Concurrent()
  @HttpCode(200)
  async complete(@Body(EnvelopePipe) body: ChatCompletionDto, @Req() request: LaneRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.#send(() => this.replies.send(this.chat, body, request, reply), request, reply);
  }

  @Post('completions')
  @Concurrent()
  @HttpCode(200)
  async completeText(@Body(EnvelopePipe) body: LegacyCompletionDto, @Req() request: LaneRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.replies.send(legacyCompletions, body, request, reply);
  }

  @Post('embeddings')
  @Concurrent()
  @HttpCode(200)
  async embed(@Body(EnvelopePipe) body: EmbeddingsDto, @Req() request: LaneRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.replies.send(embeddings, body, request, reply);
  }

  /** Where another provider may answer in the first one's place, the owner knows who. */
  async #send(answer: () => Promise<void>, request: LaneRequest, reply: GatewayReply): Promise<void> {
    try {
      await answer();
    } catch (error) {
      if (!(error instanceof HandedOn)) throw error;
      if (request.context.abort?.signal.aborted === true) throw error.failure;
      request.handedOn = true;
      const limits = Object.entries(reply.getHeaders()).filter(([name]) => name.startsWith('x-ratelimit-'));
      reply.hijack();
      this.handOn.send(request.raw, reply.raw, { body: request.sent, failure: error.failure, headers: Object.fromEntries(limits) as Record<string, string> });
    }
  }
}
