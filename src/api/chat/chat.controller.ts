import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ChatCompletionDto } from './chat-completion.dto.js';
import { chatExamples, completionExample, streamExample } from './chat-examples.js';
import { chatFormat } from './chat-format.js';
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
import { asksForTemplate } from '../../templates/expand-body.js';
import { TemplateService } from '../../templates/template.service.js';
import { decodeRequest } from '../../wire/openai-chat/decode-request.js';

@ApiTags('chat')
@Controller('v1')
export class ChatController {
  constructor(
    private readonly completions: CompletionService,
    private readonly settings: ServerSettings,
    private readonly templates: TemplateService,
  ) {}

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
  @ApiOkResponse({
    description: 'The completion. `X-SheLLM-Provider` and `X-SheLLM-Model` tell who answered.',
    content: { 'application/json': { example: completionExample }, 'text/event-stream': { example: streamExample } },
  })
  async create(@Body(EnvelopePipe) dto: ChatCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const { headers, client } = request;
    const flow = new Flow();
    const abort = abortOnClientGone(request, reply);
    const sent = dto as unknown as Record<string, unknown>;
    const body = asksForTemplate(dto) ? await this.templates.intoMessages(client, sent) : sent;
    const served = await this.completions.run({
      client,
      format: 'openai-chat',
      body,
      decode: () => decodeRequest(body),
      ...routeHintsOf(headers, dto),
      fallback: dto.fallback !== false,
      credential: credentialOf(headers),
      stream: dto.stream === true,
      abort,
      flow,
    });
    await new CompletionReply(reply, served, chatFormat(dto), { flow, signal: abort.signal, stallMs: this.settings.requestTimeoutMs }).send();
  }
}
