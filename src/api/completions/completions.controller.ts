import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SimpleCompletionDto } from './simple-completion.dto.js';
import { answerExample, requestExamples, streamedExamples, streamExample } from './simple-examples.js';
import { SimpleOperation, SimpleStreamOperation } from './simple.operation.js';
import { ApiAnswer, cacheHeaders, eventsOf, outcomeHeaders, RoutingHeaders } from '../../http/documentation/documented.js';
import { ref } from '../../http/documentation/json-schema.js';
import { JobAcceptance } from '../jobs/job-acceptance.js';
import { acceptedExample } from '../jobs/job-examples.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { Once } from '../../http/idempotency/once.js';
import { OperationReply } from '../../http/operation-reply.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { Operations } from '../../runs/operations/operations.js';
import { isAbsent } from '../../wire/value-reader.js';

const headers = { ...outcomeHeaders, ...cacheHeaders };

@ApiTags('completions')
@Controller('completions')
@RequiresScope('completions')
export class CompletionsController {
  constructor(
    private readonly replies: OperationReply,
    private readonly whole: SimpleOperation,
    private readonly streamed: SimpleStreamOperation,
    private readonly jobs: JobAcceptance,
    private readonly once: Once,
    operations: Operations,
  ) {
    operations.add(whole);
  }

  @Post()
  @RoutingHeaders({ sessions: true })
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @ApiBody({ type: SimpleCompletionDto, examples: requestExamples })
  @ApiOperation({
    operationId: 'createCompletion',
    summary: 'A text for a prompt',
    description: 'The simple form: any provider, one text. Where another provider answered, `fallback`, `original_provider` and `original_error` say so.',
  })
  @ApiAnswer({ status: 202, description: 'With `callback_url`: a job.', schema: 'Job', example: acceptedExample })
  @ApiOkResponse({ description: 'The text, and what is known of it.', headers, content: { 'application/json': { schema: ref('Completion'), example: answerExample } } })
  async create(@Body(EnvelopePipe) body: SimpleCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const { replies, jobs, whole } = this;
    await this.once.answer(request, reply, () => (isAbsent(body.callback_url) ? replies.send(whole, body, request, reply) : jobs.accept(whole, body, request, reply)));
  }

  @Post('stream')
  @RoutingHeaders({ sessions: true })
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @ApiBody({ type: SimpleCompletionDto, examples: streamedExamples })
  @ApiOperation({
    operationId: 'streamCompletion',
    summary: 'A text for a prompt, streamed',
    description: 'Server-sent events; the last one is `done`, and holds what is known of the answer, or the error that cut it.',
  })
  @ApiOkResponse({ description: 'The text in pieces.', headers, content: { 'text/event-stream': eventsOf(streamExample) } })
  async stream(@Body(EnvelopePipe) body: SimpleCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    if (!isAbsent(body.callback_url)) throw new GatewayError('unsupported_parameter', 'A job is told whole: send it to POST /completions.', { param: 'callback_url' });
    await this.once.answer(request, reply, () => this.replies.send(this.streamed, body, request, reply));
  }
}
