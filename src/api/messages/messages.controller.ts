import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiNotFoundResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { countExamples, countSchema, messageExample, messageExamples, messageSchema, streamExample } from './message-examples.js';
import { messageFormat } from './message-format.js';
import { ApiAnswer, ApiStreamingAnswer, RoutingHeaders } from '../../http/documentation/documented.js';
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
import { Once } from '../../http/idempotency/once.js';
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
    private readonly once: Once,
  ) {}

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @AgentBody()
  @ApiOperation({ operationId: 'createMessage', summary: 'Message', description: 'Anthropic messages over any provider, as JSON or, with `stream: true`, as server-sent events.' })
  @RoutingHeaders({ sessions: true })
  @ApiBody({ schema: messageSchema, examples: messageExamples })
  @ApiStreamingAnswer({ description: 'The message; with `stream: true`, its events.', schema: 'Message', example: messageExample, stream: streamExample })
  async create(@Body(EnvelopePipe) body: MessageBody, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.once.answer(request, reply, () => this.#answer(body, request, reply));
  }

  @Post('count_tokens')
  @HttpCode(200)
  @AgentBody()
  @ApiOperation({
    operationId: 'countMessageTokens',
    summary: 'Token count',
    description: 'A guess at the tokens of a message request; nothing is asked of a provider. `X-SheLLM-Usage: estimated` says so.',
  })
  @RoutingHeaders({ sessions: false })
  @ApiBody({ schema: countSchema, examples: countExamples })
  @ApiNotFoundResponse({ description: '`model_not_found`' })
  @ApiAnswer({ description: 'The count.', schema: 'TokenCount', example: { input_tokens: 14 } })
  countTokens(@Body(EnvelopePipe) body: MessageBody, @Req() { headers, client }: GatewayRequest, @Res({ passthrough: true }) reply: GatewayReply): { input_tokens: number } {
    const request = decodePrompt(body);
    const { provider, model } = this.destination.of({ client, ...routeHintsOf(headers, decodeEnvelope(body)), credential: credentialOf(headers) });
    void reply.headers({ 'x-shellm-usage': 'estimated', 'x-shellm-provider': provider, 'x-shellm-model': model });
    return { input_tokens: estimateInputTokens(request) };
  }

  async #answer(body: MessageBody, request: GatewayRequest, reply: GatewayReply): Promise<void> {
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
}
