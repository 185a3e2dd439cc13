import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChatCompletionDto } from './chat-completion.dto.js';
import { chatExamples, completionExample, streamExample } from './chat-examples.js';
import { ChatOperation } from './chat.operation.js';
import { cacheHeader } from '../cache-header.js';
import { JobAcceptance } from '../jobs/job-acceptance.js';
import { acceptedExample } from '../jobs/job-examples.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
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
    operations: Operations,
  ) {
    operations.add(chat);
  }

  @Post('chat/completions')
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @RequiresScope('completions')
  @ApiOperation({ summary: 'Chat completion', description: 'OpenAI chat completions over any provider, as JSON or, with `stream: true`, as server-sent events.' })
  @ApiHeader({ name: 'X-SheLLM-Provider', required: false, description: 'Names the provider: `claude`, `openai`, `demo`, …' })
  @ApiHeader({ name: 'X-Claude-Code', required: false, description: '`true`: Claude Code answers; OpenAI model names are mapped.' })
  @ApiHeader({ name: 'X-SheLLM-Session-ID', required: false, description: '`new` begins a session, its id goes on with it; `X-Claude-Session-ID` does the same with Claude.' })
  @ApiHeader({ name: 'X-OpenAI-API-Key', required: false, description: "The client's own OpenAI key for this one request." })
  @ApiBody({ type: ChatCompletionDto, examples: chatExamples })
  @ApiAcceptedResponse({ description: 'With `callback_url`: a job.', content: { 'application/json': { example: acceptedExample } } })
  @ApiOkResponse({
    description: 'The completion. `X-SheLLM-Provider` and `X-SheLLM-Model` tell who answered, `X-SheLLM-Cache` whether the answer was kept.',
    headers: cacheHeader,
    content: { 'application/json': { example: completionExample }, 'text/event-stream': { example: streamExample } },
  })
  async create(@Body(EnvelopePipe) body: ChatCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    if (isAbsent(body.callback_url)) await this.replies.send(this.chat, body, request, reply);
    else await this.jobs.accept(this.chat, body, request, reply);
  }
}
