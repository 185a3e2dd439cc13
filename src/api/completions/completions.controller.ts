import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SimpleCompletionDto } from './simple-completion.dto.js';
import { answerExample, requestExamples, streamExample } from './simple-examples.js';
import { type Outcome } from '../../completion/outcome.js';
import { CompletionService } from '../../completion/completion.service.js';
import { ServerSettings } from '../../config/server-settings.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { abortOnClientGone } from '../../http/client-gone.js';
import { CompletionReply } from '../../http/completion-reply.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { credentialOf, routeHintsOf } from '../../http/route-headers.js';
import { Flow } from '../../kernel/flow.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { formatModelId } from '../../kernel/model-id.js';
import { asksForTemplate } from '../../templates/expand-body.js';
import { TemplateService } from '../../templates/template.service.js';
import { type AnswerFacts } from '../../wire/simple-completion/answer-facts.js';
import { decodeSimpleRequest } from '../../wire/simple-completion/decode-request.js';
import { encodeSimpleCompletion } from '../../wire/simple-completion/encode-completion.js';
import { encodeSimpleFailure, encodeSimpleStream } from '../../wire/simple-completion/encode-stream.js';

@ApiTags('completions')
@ApiHeader({ name: 'X-SheLLM-Provider', required: false, description: 'Names the provider: `claude`, `openai`, `demo`, …' })
@ApiHeader({ name: 'X-Claude-Code', required: false, description: '`true`: Claude Code answers; OpenAI model names are mapped.' })
@ApiHeader({ name: 'X-SheLLM-Session-ID', required: false, description: '`new` begins a session, its id goes on with it; `X-Claude-Session-ID` does the same with Claude.' })
@ApiHeader({ name: 'X-OpenAI-API-Key', required: false, description: "The client's own OpenAI key for this one request." })
@Controller('completions')
@RequiresScope('completions')
export class CompletionsController {
  constructor(
    private readonly completions: CompletionService,
    private readonly settings: ServerSettings,
    private readonly templates: TemplateService,
  ) {}

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @ApiBody({ type: SimpleCompletionDto, examples: requestExamples })
  @ApiOperation({
    summary: 'A text for a prompt',
    description: 'The simple form: any provider, one text. Where another provider answered, `fallback`, `original_provider` and `original_error` say so.',
  })
  @ApiOkResponse({ content: { 'application/json': { example: answerExample } } })
  async create(@Body(EnvelopePipe) body: SimpleCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    if ((body as { stream?: unknown }).stream === true) throw new GatewayError('invalid_parameter', 'POST /completions/stream streams.', { param: 'stream' });
    await this.#answer(body, request, reply, false);
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
  @ApiOkResponse({ content: { 'text/event-stream': { example: streamExample } } })
  async stream(@Body(EnvelopePipe) body: SimpleCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.#answer(body, request, reply, true);
  }

  async #answer(dto: SimpleCompletionDto, request: GatewayRequest, reply: GatewayReply, stream: boolean): Promise<void> {
    const began = performance.now();
    const { headers, client } = request;
    const flow = new Flow();
    const abort = abortOnClientGone(request, reply);
    const sent = dto as unknown as Record<string, unknown>;
    const body = asksForTemplate(dto) ? await this.templates.intoPrompt(client, sent) : sent;
    const asked = decodeSimpleRequest(body);
    const served = await this.completions.run({
      client,
      format: undefined,
      body,
      decode: () => asked,
      ...routeHintsOf(headers, dto),
      fallback: dto.fallback !== false,
      credential: credentialOf(headers),
      stream,
      abort,
      flow,
    });
    const facts = (): AnswerFacts => factsOf(served.outcome, dto, request.id, began);
    const format = {
      stream,
      frames: encodeSimpleStream(facts),
      body: (completion: Parameters<typeof encodeSimpleCompletion>[0]) => encodeSimpleCompletion(completion, facts()),
      failure: encodeSimpleFailure,
    };
    await new CompletionReply(reply, served, format, { flow, signal: abort.signal, stallMs: this.settings.requestTimeoutMs }).send();
  }
}

function factsOf({ target, fallback }: Outcome, { model }: SimpleCompletionDto, requestId: string, began: number): AnswerFacts {
  return { provider: target.provider, model: model ?? formatModelId(target), durationMs: Math.round(performance.now() - began), requestId, fallback };
}
