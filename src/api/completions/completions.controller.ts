import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SimpleCompletionDto } from './simple-completion.dto.js';
import { answerExample, requestExamples, streamExample } from './simple-examples.js';
import { SimpleOperation, SimpleStreamOperation } from './simple.operation.js';
import { cacheHeader } from '../cache-header.js';
import { JobAcceptance } from '../jobs/job-acceptance.js';
import { acceptedExample } from '../jobs/job-examples.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { OperationReply } from '../../http/operation-reply.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { Operations } from '../../runs/operations/operations.js';
import { isAbsent } from '../../wire/value-reader.js';

@ApiTags('completions')
@ApiHeader({ name: 'X-SheLLM-Provider', required: false, description: 'Names the provider: `claude`, `openai`, `demo`, …' })
@ApiHeader({ name: 'X-Claude-Code', required: false, description: '`true`: Claude Code answers; OpenAI model names are mapped.' })
@ApiHeader({ name: 'X-SheLLM-Session-ID', required: false, description: '`new` begins a session, its id goes on with it; `X-Claude-Session-ID` does the same with Claude.' })
@ApiHeader({ name: 'X-OpenAI-API-Key', required: false, description: "The client's own OpenAI key for this one request." })
@Controller('completions')
@RequiresScope('completions')
export class CompletionsController {
  constructor(
    private readonly replies: OperationReply,
    private readonly whole: SimpleOperation,
    private readonly streamed: SimpleStreamOperation,
    private readonly jobs: JobAcceptance,
    operations: Operations,
  ) {
    operations.add(whole);
  }

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @ApiBody({ type: SimpleCompletionDto, examples: requestExamples })
  @ApiOperation({
    summary: 'A text for a prompt',
    description: 'The simple form: any provider, one text. Where another provider answered, `fallback`, `original_provider` and `original_error` say so.',
  })
  @ApiAcceptedResponse({ description: 'With `callback_url`: a job.', content: { 'application/json': { example: acceptedExample } } })
  @ApiOkResponse({ headers: cacheHeader, content: { 'application/json': { example: answerExample } } })
  async create(@Body(EnvelopePipe) body: SimpleCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    if (isAbsent(body.callback_url)) await this.replies.send(this.whole, body, request, reply);
    else await this.jobs.accept(this.whole, body, request, reply);
  }

  @Post('stream')
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @ApiBody({ type: SimpleCompletionDto, examples: requestExamples })
  @ApiOperation({
    summary: 'A text for a prompt, streamed',
    description: 'Server-sent events; the last one is `done`, and holds what is known of the answer, or the error that cut it.',
  })
  @ApiOkResponse({ headers: cacheHeader, content: { 'text/event-stream': { example: streamExample } } })
  async stream(@Body(EnvelopePipe) body: SimpleCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    if (!isAbsent(body.callback_url)) throw new GatewayError('unsupported_parameter', 'A job is told whole: send it to POST /completions.', { param: 'callback_url' });
    await this.replies.send(this.streamed, body, request, reply);
  }
}
