import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChatCompletionDto } from './chat-completion.dto.js';
import { chatExamples, completionExample, streamExample } from './chat-examples.js';
import { ChatOperation } from './chat.operation.js';
import { ApiAnswer, ApiStreamingAnswer, cacheHeaders, RoutingHeaders } from '../../http/documentation/documented.js';
import { JobAcceptance } from '../jobs/job-acceptance.js';
import { acceptedExample } from '../jobs/job-examples.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { Once } from '../../http/idempotency/once.js';
import { OperationReply } from '../../http/operation-reply.js';
import { Operations } from '../../runs/operations/operations.js';
import { isAbsent } from '../../wire/value-reader.js';

@ApiTags('chat')
@Controller('v1')
export class ChatController {
  constructor(
    private readonly replies: OperationReply,
    private readonly chat: ChatOperation,
    private readonly jobs: JobAcceptance,
    private readonly once: Once,
    operations: Operations,
  ) {
    operations.add(chat);
  }

  @Post('chat/completions')
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @RequiresScope('completions')
  @ApiOperation({
    operationId: 'createChatCompletion',
    summary: 'Chat completion',
    description: 'OpenAI chat completions over any provider, as JSON or, with `stream: true`, as server-sent events.',
  })
  @RoutingHeaders({ sessions: true })
  @ApiBody({ type: ChatCompletionDto, examples: chatExamples })
  @ApiAnswer({ status: 202, description: 'With `callback_url`: a job.', schema: 'Job', example: acceptedExample })
  @ApiStreamingAnswer({
    description: 'The completion; with `stream: true`, its chunks.',
    schema: 'ChatCompletion',
    example: completionExample,
    stream: streamExample,
    headers: cacheHeaders,
  })
  async create(@Body(EnvelopePipe) body: ChatCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const { replies, jobs, chat } = this;
    await this.once.answer(request, reply, () => (isAbsent(body.callback_url) ? replies.send(chat, body, request, reply) : jobs.accept(chat, body, request, reply)));
  }
}
