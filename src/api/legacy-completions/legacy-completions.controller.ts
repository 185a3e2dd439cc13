import { Body, Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiTags } from '@nestjs/swagger';
import { LegacyCompletionDto } from './legacy-completion.dto.js';
import { legacyCompletions } from './legacy-completions.operation.js';
import { ApiStreamingAnswer, RoutingHeaders } from '../../http/documentation/documented.js';
import { Concurrent, RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { Idempotent } from '../../http/idempotency/idempotent.js';
import { Once } from '../../http/idempotency/once.js';
import { OperationReply } from '../../http/operation-reply.js';
import { Operations } from '../../runs/operations/operations.js';

const example = {
  id: 'cmpl-1',
  object: 'text_completion',
  created: 1790000000,
  model: 'gpt-3.5-turbo-instruct',
  choices: [{ text: ' there was a fox.', index: 0, logprobs: null, finish_reason: 'stop' }],
  usage: { prompt_tokens: 4, completion_tokens: 5, total_tokens: 9 },
};

const streamExample = `data: {"id":"cmpl-1","object":"text_completion","created":1790000000,"model":"gpt-3.5-turbo-instruct","choices":[{"text":" there","index":0,"logprobs":null,"finish_reason":null}]}

data: [DONE]
`;

const examples = {
  'a plain prompt': { value: { model: 'openai/gpt-3.5-turbo-instruct', prompt: 'Once upon a time', max_tokens: 16 } },
  streamed: { value: { model: 'openai/gpt-3.5-turbo-instruct', prompt: 'Once upon a time', stream: true } },
};

@ApiTags('completions')
@Controller('v1/completions')
export class LegacyCompletionsController {
  constructor(
    private readonly replies: OperationReply,
    private readonly once: Once,
    operations: Operations,
  ) {
    operations.add(legacyCompletions);
  }

  @Post()
  @Concurrent()
  @HttpCode(200)
  @Idempotent()
  @RequiresScope('completions')
  @ApiOperation({
    operationId: 'createLegacyCompletion',
    summary: 'Legacy completion',
    description: 'Of API providers alone, passed through as they are. A CLI has none: `unsupported_operation`.',
  })
  @RoutingHeaders({ sessions: false })
  @ApiBody({ type: LegacyCompletionDto, examples })
  @ApiStreamingAnswer({ description: 'The completion, as the vendor answered.', schema: 'LegacyCompletion', example, stream: streamExample })
  async create(@Body(EnvelopePipe) body: LegacyCompletionDto, @Req() request: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    await this.once.answer(request, reply, () => this.replies.send(legacyCompletions, body, request, reply));
  }
}
