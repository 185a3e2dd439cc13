import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { messageExample, messageExamples, messageSchema, streamExample } from './message-examples.js';
import { messageFormat } from './message-format.js';
import { CompletionService } from '../../completion/completion.service.js';
import { Destination } from '../../completion/destination.js';
import { ServerSettings } from '../../config/server-settings.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { AgentBody } from '../../http/agent-body.js';
import { abortOnClientGone } from '../../http/client-gone.js';
import { CompletionReply } from '../../http/completion-reply.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { credentialOf, routeHintsOf } from '../../completion/route-hints.js';
import { Flow } from '../../kernel/flow.js';
import { decodeEnvelope } from '../../wire/anthropic-messages/decode-envelope.js';
import { decodePrompt, decodeRequest } from '../../wire/anthropic-messages/decode-request.js';
import { estimateInputTokens } from '../../kernel/estimate-input-tokens.js';

type MessageBody = Record<string, unknown>;

@ApiTags('messages')
@Controller('v1/messages')
@RequiresScope('completions')
export class MessagesController {
  constructor(
    private readonly completions: CompletionService,
    private readonly destination: Destination,
    private readonly settings: ServerSettings,
  ) {}

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @AgentBody()
  @ApiOperation({ summary: 'Message', description: 'Anthropic messages over any provider, as JSON or, with `stream: true`, as server-sent events.' })
  @ApiHeader({ name: 'X-SheLLM-Provider', required: false, description: 'Names the provider: `claude`, `openai`, `demo`, …' })
  @ApiBody({ schema: messageSchema, examples: messageExamples })
  @ApiOkResponse({
    description: 'The message. `X-SheLLM-Provider` and `X-SheLLM-Model` tell who answered.',
    content: { 'application/json': { example: messageExample }, 'text/event-stream': { example: streamExample } },
  })
  async create(@Body(EnvelopePipe) body: MessageBody, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const { headers, client } = request;
    const envelope = decodeEnvelope(body);
    const flow = new Flow();
    const abort = abortOnClientGone(request, reply);
    const served = await this.completions.run({
      client,
      format: undefined,
      body,
      decode: () => decodeRequest(body),
      ...routeHintsOf(headers, envelope),
      fallback: envelope.fallback,
      credential: credentialOf(headers),
      stream: envelope.stream,
      abort,
      flow,
    });
    await new CompletionReply(reply, served, messageFormat(envelope, request.id), { flow, signal: abort.signal, stallMs: this.settings.requestTimeoutMs }).send();
  }

  @Post('count_tokens')
  @HttpCode(200)
  @AgentBody()
  @ApiOperation({ summary: 'Token count', description: 'A guess at the tokens of a message request; nothing is asked of a provider. `X-SheLLM-Usage: estimated` says so.' })
  @ApiBody({ schema: { ...messageSchema, required: ['model', 'messages'] }, examples: messageExamples })
  @ApiOkResponse({ content: { 'application/json': { example: { input_tokens: 14 } } } })
  countTokens(@Body(EnvelopePipe) body: MessageBody, @Req() { headers, client }: GatewayRequest, @Res({ passthrough: true }) reply: GatewayReply): { input_tokens: number } {
    const request = decodePrompt(body);
    const { provider, model } = this.destination.of({ client, ...routeHintsOf(headers, decodeEnvelope(body)), credential: credentialOf(headers) });
    void reply.headers({ 'x-shellm-usage': 'estimated', 'x-shellm-provider': provider, 'x-shellm-model': model });
    return { input_tokens: estimateInputTokens(request) };
  }
}
